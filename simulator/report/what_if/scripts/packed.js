// What the page holds, packed: the kernel, the other thread's script, the recipe with its knobs, and words.
async function unpackedContent(base64) {
  const bytes = Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0));
  const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  const content = JSON.parse(text);
  return { ...content, kernel: Uint8Array.from(atob(content.kernel), (letter) => letter.charCodeAt(0)).buffer };
}
