// What Hugging Face's tokenizers for JavaScript make of the tokenizer.json files that MiniStack wrote. Run in this folder:
//   npm install                                                 the package, in the version that package.json names
//   node golden.mjs strings > strings.json                      1,000 strings of all kinds, by a seeded generator
//   node golden.mjs encode bpe.json strings.json > bpe.expected.jsonl          one line for each string
//   node golden.mjs encode wordpiece.json strings.json > wordpiece.expected.jsonl
//   node golden.mjs digest FILE TEXT                            one line: tokens of a whole text, and SHA-256 of their numbers
// bpe.json and wordpiece.json are written by the tests (MINISTACK_APPROVE=1), which train them on tales and on these strings.
//
// A line holds the tokens ("ids"), the text that they are decoded to where it is not the string ("text"), and, where the package as it
// is shipped gives others, those too ("shipped"). It departs from the Rust library, which defines the file format, in three ways,
// which are mended here before the tokens are asked for:
//   1. \s in its patterns is JavaScript's, with U+FEFF and without U+0085; in Rust it is Unicode's White_Space.
//   2. It looks for Chinese characters in UTF-16 units, and so puts no spaces around those beyond U+FFFF.
//      (U+2B820 to U+2B91F are among those mended, as in BERT's own code; Rust's list leaves them out.)
//   3. It lowers words, not characters: a Σ at the end of a word becomes ς. (So did the BERT of 2018. Rust: σ.)
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const [command, file, texts] = process.argv.slice(2);
if (command === "strings") console.log(JSON.stringify(strings()).replaceAll('","', '",\n"'));
else if (command === "encode") await encode();
else if (command === "digest") await digest();
else throw new Error("usage: node golden.mjs strings | encode FILE STRINGS | digest FILE TEXT");

async function load(mended) {
  const { Tokenizer } = await import("@huggingface/tokenizers");
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(file, "utf8")), { clean_up_tokenization_spaces: false });
  if (!mended) return tokenizer;
  const pattern = tokenizer.pre_tokenizer.pattern.source;
  tokenizer.pre_tokenizer.pattern = new RegExp(pattern.replaceAll("\\s", "\\p{White_Space}").replaceAll("\\S", "\\P{White_Space}"), "gu");
  if (tokenizer.normalizer === null) return tokenizer;
  const normalizer = tokenizer.normalizer;
  const chinese = normalizer.tokenize_chinese_chars;
  const beyond = /[\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B820}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;
  normalizer.tokenize_chinese_chars = (text) => chinese(text).replace(beyond, " $& ");
  const normalize = normalizer.normalize;
  normalizer.normalize = (text) => normalize.call(normalizer, text.replaceAll("Σ", "σ"));
  return tokenizer;
}

async function encode() {
  const tokenizer = await load(true);
  const shipped = await load(false);
  for (const string of JSON.parse(readFileSync(texts, "utf8"))) {
    const ids = tokenizer.encode(string, { add_special_tokens: false }).ids;
    const line = { ids };
    const text = ids.length === 0 ? "" : tokenizer.decode(ids);
    if (text !== string) line.text = text;
    const other = shipped.encode(string, { add_special_tokens: false }).ids;
    if (String(other) !== String(ids)) line.shipped = other;
    console.log(JSON.stringify(line));
  }
}

async function digest() {
  const tokenizer = await load(true);
  const text = readFileSync(texts, "utf8");
  const ids = tokenizer.encode(text, { add_special_tokens: false }).ids;
  if (tokenizer.decode(ids) !== text) throw new Error("the text does not come back");
  const bytes = Buffer.from(Int32Array.from(ids).buffer);
  console.log(`${ids.length} ${createHash("sha256").update(bytes).digest("hex")}`);
}

function strings() {
  const random = mulberry32(20261125);
  const below = (n) => Math.floor(random() * n);
  const pick = (list) => list[below(list.length)];
  // Blocks that have been full for years, so that no version of Unicode reads them otherwise.
  const blocks = [
    [0x20, 0x7e], [0x20, 0x7e], [0x61, 0x7a], [0xa0, 0x24f], [0x250, 0x2ff], [0x300, 0x36f], [0x391, 0x3ff], [0x400, 0x52f], [0x5d0, 0x5ea], [0x620, 0x65f], [0x660, 0x6d3],
    [0x904, 0x94d], [0x985, 0x9ce], [0xe01, 0xe3a], [0x10d0, 0x10f0], [0x1100, 0x11ff], [0x13a0, 0x13f5], [0x1e00, 0x1eff], [0x1f00, 0x1ffe], [0x2000, 0x206f], [0x2070, 0x209c],
    [0x20a0, 0x20bf], [0x20d0, 0x20f0], [0x2100, 0x218b], [0x2190, 0x23ff], [0x2460, 0x24ff], [0x2500, 0x27bf], [0x3000, 0x30ff], [0x3131, 0x318e], [0x3400, 0x4db5], [0x4e00, 0x9fa5],
    [0xac00, 0xd7a3], [0xe000, 0xf8ff], [0xf900, 0xfad9], [0xfb50, 0xfbb1], [0xfe00, 0xfe0f], [0xff01, 0xff9d], [0xfff0, 0xffff], [0x10000, 0x100fa], [0x10330, 0x1034a],
    [0x10400, 0x1044f], [0x12000, 0x12399], [0x16e40, 0x16e9a], [0x1d100, 0x1d126], [0x1d400, 0x1d7ff], [0x1e900, 0x1e943], [0x1f100, 0x1f10a], [0x1f300, 0x1f64f], [0x1f680, 0x1f6c5],
    [0x1fffe, 0x1ffff], [0x20000, 0x2a6d6], [0x2a700, 0x2b734], [0x2b820, 0x2cea1], [0x2f800, 0x2fa1d], [0xe0001, 0xe007f], [0xe0100, 0xe01ef], [0xf0000, 0xffffd], [0x10ffff, 0x10ffff],
  ];
  const fragments = [
    " ", " ", " ", "  ", "\n", "\n\n", "\r\n", "\t", "\v", "\f", "\u0085", "\u00a0", "\u1680", "\u2028", "\u2029", "\u3000", "\u200b", "\u200d", "\ufeff", "\u0000", "\u001b", "\u007f", "\u009f", "\ufffd",
    "'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "don't", "the", " the", "The ", " and", "Once upon a time", " little", "ing", "123", " 42", "3.14", "...", "?!", " —", "#", "@", "##s",
    "naïve", "e\u0301", "Å", "Ça", "ÀÉÎÕÜ", "İstanbul", "ß", "ΣΑΣ", "ΟΔΟΣ.", "Ǆ", "ﬁ", "½", "Ⅷ", "²", "٣", "中文", "日本語", "한국어", "ไทย", "हिन्दी", "עִבְרִית", "😀", "👩‍👩‍👧", "🇩🇪", "👍🏽", "𝒳𝒴", "𝟘𝟙", "𠀀𠀁",
    "<|endoftext|>", "<|pad|>", "<|endoftext", "[CLS]", "[SEP]", "[MASK]", "[UNK]", "[cls]",
  ];
  const result = [];
  while (result.length < 1000) {
    const block = pick(blocks);
    let string = "";
    for (let parts = 1 + below(14); parts > 0; parts--) {
      // Some strings keep to one script.
      const [first, last] = below(3) === 0 ? block : pick(blocks);
      if (below(2) === 0) string += pick(fragments);
      else for (let run = 1 + below(3); run > 0; run--) string += String.fromCodePoint(first + below(last - first + 1));
    }
    if (/^[\p{Assigned}\p{Noncharacter_Code_Point}]+$/u.test(string)) result.push(string);
  }
  return result;
}

function mulberry32(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
