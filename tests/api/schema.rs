//! The program writes `schema.graphql`, and the file is up to date.

#[test]
fn the_schema_file_is_up_to_date() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema.graphql");
    let written = std::fs::read_to_string(file).unwrap_or_default();
    let now = countermand_graphql::sdl();
    let place = written.lines().zip(now.lines()).position(|(old, new)| old != new);
    let place = place.unwrap_or_else(|| written.lines().count().min(now.lines().count())) + 1;
    assert!(
        written == now,
        "schema.graphql is out of date from line {place} on. Write it anew: cargo run -- schema > schema.graphql"
    );
}

/// Code generators of storefronts read whether a value may be null, so Adobe's lists keep their declaration.
#[test]
fn adobes_lists_may_hold_null_and_our_own_lists_may_not() {
    let schema = countermand_graphql::sdl();
    // Every second part is a description.
    let declarations: String = schema.split("\"\"\"").step_by(2).collect();
    let declarations = format!(
        "{} ",
        declarations.split_whitespace().collect::<Vec<_>>().join(" ")
    );
    for declaration in [
        "availableStores( useCurrentGroup: Boolean ): [StoreConfig]",
        "available_actions: [OrderActionType]!",
        "discounts: [Discount]",
        "invoices: [Invoice]!",
        "order_cancellation_reasons: [CancellationReason]!",
        "street: [String]!",
        "cancellationReasons: [CancellationReason!]!",
        "items: [CancellationItemTerms!]!",
    ] {
        assert!(
            declarations.contains(&format!(" {declaration} ")),
            "{declaration}"
        );
    }
}

/// A description that is shorter than this repeats the name and says nothing more.
const SHORTEST_DESCRIPTION: usize = 24;

#[test]
fn every_description_of_the_schema_says_more_than_a_name() {
    let schema = countermand_graphql::sdl();
    // Every second part is a description, and what it describes follows.
    let parts: Vec<&str> = schema.split("\"\"\"").collect();
    let described = parts.chunks(2).zip(parts.chunks(2).skip(1));
    let described = described.filter_map(|(part, next)| Some((part.get(1)?.trim(), next.first()?.trim())));
    let (mut count, mut short) = (0, Vec::new());
    for (description, name) in described {
        count += 1;
        if description.chars().count() < SHORTEST_DESCRIPTION {
            short.push(format!(
                "{} `{description}`",
                name.lines().next().unwrap_or_default()
            ));
        }
    }
    assert!(count > 1_000, "only {count} descriptions were found");
    assert_eq!(short, [""; 0]);
}
