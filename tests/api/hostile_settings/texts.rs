//! The texts that are tried: what ends a string, a statement, a pattern, a template or a character somewhere.

/// Each has something else than letters, digits, `_`, `-` and `.`, so that none is a code.
const TEXTS: &[(&str, &str)] = &[
    ("a quote", "'"),
    ("a double quote", "\""),
    ("a backslash", "\\"),
    ("a backslash before a quote", "\\'"),
    ("two quotes", "''"),
    ("a backtick", "`"),
    ("a backslash at the end", "it's\\"),
    ("SQL behind a quote", "'); DELETE FROM orders; -- "),
    (
        "SQL behind an escaped quote",
        "\\'; DROP TABLE access_tokens; -- ",
    ),
    ("SQL behind a double quote", "\" OR \"\"=\"\" -- "),
    ("SQL behind an escaped double quote", "\\\" OR 1=1 # "),
    (
        "SQL that makes an owner",
        "\\', 'staff', 'x', NULL, 'owner', NULL, 1, 9999999999999999, NULL); -- ",
    ),
    ("SQL that ends the transaction", "\\';\nCOMMIT;\nBEGIN;\n"),
    ("a comment", "/* */ -- # /*! 1 */"),
    ("placeholders", "? $1 $$ :x @x %s {0}"),
    ("literals with a prefix", "E'\\x41' U&'\\0041' X'41' _gbk'\\'"),
    ("escapes", "\\u0041 \\0 \\n \\r \\Z \\z \\x41 \\% \\_"),
    ("a NUL", "a\0b'"),
    ("control-Z", "a\u{1a}b'"),
    ("other control characters", "\u{1}\u{8}\u{b}\u{c}\u{1b}\u{7f}'"),
    ("GBK: characters that end in a backslash", "誠縗運' OR 1=1 -- "),
    ("GBK: bytes that swallow a backslash", "あ' OR 1=1 -- "),
    ("GBK: the same with a double quote", "€\" OR 1=1 -- "),
    ("GBK: two bytes that are one character", "¿' OR 1=1 -- "),
    ("SJIS: characters that end in a backslash", "表ソ能十' OR 1=1 -- "),
    ("SJIS: such a character at the end", "ソ"),
    ("SJIS: yen and overline", "¥' ‾ OR 1=1"),
    ("Big5: characters that end in a backslash", "功許蓋' OR 1=1 -- "),
    ("emoji", "😀 👨\u{200d}👩\u{200d}👧 🏳\u{fe0f}\u{200d}🌈"),
    ("characters beyond the first plane", "𝄞𠜎𠜱\u{10ffff}"),
    ("combining marks alone", "\u{301}\u{308}\u{20dd}"),
    ("right to left", "\u{202e}שלום abc\u{202c} \u{200f}عربي"),
    ("marks of byte order", "\u{feff}x\u{fffe}\u{ffff}\u{fffd}"),
    ("characters without width", "a\u{200b}b\u{2060}c\u{ad}d"),
    ("a pattern", "%_%"),
    ("a pattern with its escape", "\\%\\_!%[a-z]"),
    ("templates", "${7*7} {{7*7}} {% raw %} #{7*7} <%= 7*7 %>"),
    ("HTML", "<b onclick='x'>&amp;</b>\"><script>"),
    ("newlines of every kind", "a\nb\r\nc\rd\u{85}e'"),
    ("line and paragraph separators", "a\u{2028}b\u{2029}c"),
    ("letters whose case is not theirs", "\u{212a}elvin İıſß ẞ Å'"),
    ("an e-mail address with quotes", "o'b\\rien@example.com"),
    ("an e-mail address with GBK", "あ\\'@example.com"),
];

/// Every text with what it is.
pub(super) fn all() -> Vec<(&'static str, String)> {
    let long = |text: &str| text.repeat(3_000);
    let mut all: Vec<_> = TEXTS
        .iter()
        .map(|(name, text)| (*name, (*text).to_owned()))
        .collect();
    all.push(("3,000 quotes", long("'")));
    all.push(("6,000 bytes that swallow", long("é")));
    all.push(("255 characters of four bytes", "𝄞".repeat(255)));
    all.push(("64 backslashes", "\\".repeat(64)));
    all
}
