// Random draws that belong to what they decide: SplitMix64 (model.md, section 9).
const MASK = (1n << 64n) - 1n;

// The draw number `counter` of a key: 64 random bits.
function bits(key, counter) {
  let z = (key + BigInt(counter + 1) * 0x9e3779b97f4a7c15n) & MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

// A uniform draw from [0, 1), of 53 bits.
const unit = (bits) => Number(bits >> 11n) * 2 ** -53;
