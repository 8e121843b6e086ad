// MD5 of a partition key as an unsigned number of 128 bits, as Kinesis takes it (model.md, section 2; RFC 1321).
const MD5_SINES = [
  0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8,
  0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
  0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87,
  0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
  0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039,
  0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
  0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
  0xeb86d391,
];
const MD5_TURNS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const MD5_TIMES = [1, 5, 3, 7],
  MD5_MORE = [0, 1, 5, 0]; // which word of a block is taken when
const UTF8 = new TextEncoder();

function keyHash(key) {
  const text = UTF8.encode(key),
    padded = new DataView(new ArrayBuffer((((text.length + 8) >> 6) + 1) << 6));
  new Uint8Array(padded.buffer).set(text);
  padded.setUint8(text.length, 0x80);
  padded.setUint32(padded.byteLength - 8, text.length * 8, true);
  let state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let at = 0; at < padded.byteLength; at += 64) state = md5Block(state, padded, at);
  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((word, i) => digest.setInt32(4 * i, word, true));
  return (digest.getBigUint64(0) << 64n) | digest.getBigUint64(8);
}

function md5Block(state, data, at) {
  let a = state[0],
    b = state[1],
    c = state[2],
    d = state[3];
  for (let i = 0; i < 64; i++) {
    const round = i >> 4,
      word = data.getInt32(at + 4 * ((MD5_TIMES[round] * i + MD5_MORE[round]) & 15), true);
    const sum = (a + mixed(round, b, c, d) + MD5_SINES[i] + word) | 0,
      turn = MD5_TURNS[4 * round + (i & 3)];
    const next = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
    a = d;
    d = c;
    c = b;
    b = next;
  }
  return [(a + state[0]) | 0, (b + state[1]) | 0, (c + state[2]) | 0, (d + state[3]) | 0];
}

function mixed(round, b, c, d) {
  if (round === 0) return (b & c) | (~b & d);
  if (round === 1) return (d & b) | (~d & c);
  return round === 2 ? b ^ c ^ d : c ^ (b | ~d);
}
