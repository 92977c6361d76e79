//! The condition that a text contains another one.

use sea_orm::sea_query::{BinOper, Expr, ExprTrait, Func};

/// Whether `text` contains `part`, without regard to case, because the contract's database ignores case. SQLite ignores
/// the case of the letters A to Z only.
pub(crate) fn contains(text: Expr, part: &str) -> Expr {
    let escaped: String = part.chars().flat_map(escape_like).collect();
    let part = Func::lower(Expr::val(format!("%{escaped}%")));
    let pattern = Expr::from(part).binary(BinOper::Escape, Expr::val("!"));
    Expr::from(Func::lower(text)).binary(BinOper::Like, pattern)
}

fn escape_like(character: char) -> Vec<char> {
    if matches!(character, '%' | '_' | '!') {
        vec!['!', character]
    } else {
        vec![character]
    }
}
