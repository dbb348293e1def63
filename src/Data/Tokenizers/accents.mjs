// Writes Accents.txt: what is left of each character when it is decomposed (Unicode's NFD) and the accents (category Mn) are taken away,
// for all characters that this changes, one a line: the character and what is left, in hexadecimal. Hangul syllables, which decompose
// by arithmetic, and accents themselves, of which nothing is left, are left out.
//   node accents.mjs > Accents.txt        (made with Unicode 17.0: node -p process.versions.unicode)
const hex = (text) => [...text].map((c) => c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")).join(" ");
for (let code = 0x80; code <= 0x10ffff; code++) {
  if ((code >= 0xac00 && code <= 0xd7a3) || (code >= 0xd800 && code <= 0xdfff)) continue;
  const character = String.fromCodePoint(code);
  const left = character.normalize("NFD").replace(/\p{Mn}/gu, "");
  if (left !== character && !/\p{Mn}/u.test(character)) console.log(`${hex(character)} ${hex(left)}`);
}
