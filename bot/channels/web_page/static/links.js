// Text into nodes: addresses and phone numbers can be tapped, everything else stays text (never HTML).
// No look-behind in the patterns: phones before iOS 16.4 would not load the file.

const HOTLINES = new Set(["12333", "12345", "12351", "12348", "12328", "12315", "12366", "12393", "12329", "12356"]);
const EMERGENCY = new Set(["110", "119", "120", "122"]);
const PHONE = /^(?:0\d{2,3}-\d{7,8}|1[3-9]\d{9}|400-?\d{3}-?\d{4})$/;

// A number is a call only where it is not an amount: "打 120" is one, "扣了 120 元" is not.
const CALL_BEFORE = /(?:打|拨|叫|电话|热线|报警|急救|call|dial|ring|或|和|、|or|and|\/|[:：（(])\s*$/i;
const CALL_AFTER = /^\s*(?:报警|急救|救护)/;
const UNIT_AFTER = /^\s*(?:[元块分天个号条次%％米岁年月日页笔]|小时|公里|人(?![工社])|单(?!位)|yuan|rmb|hour|minute|day)/i;

// An address with its scheme; an address without one; any other word, taken whole so that no part of it matches.
const WORD = new RegExp(
  [
    String.raw`https?://[\w\-.~:/?#@!$&'()*+,;=%\[\]]+`,
    String.raw`(?:[a-z0-9-]+\.)+(?:cn|com|org|net)\b(?![.@-]\w)(?:/[\w\-.~/?#&=%+]*)?`,
    String.raw`[a-z0-9][\w.@-]*`,
  ].join("|"),
  "gi",
);

/** `url` when it is safe to follow (http, https or this site), else "". */
export function safeUrl(url) {
  try {
    const target = new URL(url, location.origin);
    return /^https?:$/.test(target.protocol) ? target.href : "";
  } catch {
    return "";
  }
}

/** A link that opens beside the chat, or a phone call. */
export function anchor(href, text) {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = text;
  if (!href.startsWith("tel:")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  return link;
}

function isCall(word, before, after) {
  if (PHONE.test(word)) return true;
  if (UNIT_AFTER.test(after)) return false;
  if (HOTLINES.has(word)) return true;
  return EMERGENCY.has(word) && (CALL_BEFORE.test(before) || CALL_AFTER.test(after));
}

function target(word, before, after) {
  if (/^https?:\/\//i.test(word)) return safeUrl(word);
  if (isCall(word, before, after)) return `tel:${word.replace(/-/g, "")}`;
  return /^[^@]*\.(?:cn|com|org|net)(?:\/|$)/i.test(word) ? safeUrl(`https://${word}`) : "";
}

/** `text` as nodes, with tappable addresses and phone numbers. */
export function withLinks(text) {
  const made = document.createDocumentFragment();
  let done = 0;
  for (const match of text.matchAll(WORD)) {
    const word = match[0].replace(/[.,;:!?'"@_)\]-]+$/, "");
    const end = match.index + word.length;
    const href = target(word, text.slice(Math.max(0, match.index - 8), match.index), text.slice(end, end + 8));
    if (!href) continue;
    made.append(text.slice(done, match.index), anchor(href, word));
    done = end;
  }
  made.append(text.slice(done));
  return made;
}
