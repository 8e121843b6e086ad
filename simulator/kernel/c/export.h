/* What can be called from outside. */
#ifndef EXPORT_H
#define EXPORT_H

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define EXPORT(name) __attribute__((visibility("default")))
#endif

#endif
