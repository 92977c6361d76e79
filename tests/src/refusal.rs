//! The refusals of `docs/contract.md` section 2.

/// A refusal as `errorV2` states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: &'static str,
    /// The message, which `error` holds too.
    pub message: &'static str,
}

impl Refusal {
    /// The switch of the order's store view is off.
    pub const DISABLED: Self = Self {
        code: "ORDER_CANCELLATION_DISABLED",
        message: "Order cancellation is not enabled for requested store.",
    };
    /// The order belongs to another buyer.
    pub const UNAUTHORISED: Self = Self {
        code: "UNAUTHORISED",
        message: "Current user is not authorized to cancel this order",
    };
    /// There is no such order.
    pub const NOT_FOUND: Self = Self {
        code: "ORDER_NOT_FOUND",
        message: "The entity that was requested doesn't exist. Verify the entity and try again.",
    };
    /// A unit of the order was shipped.
    pub const SHIPPED: Self = Self {
        code: "PARTIAL_ORDER_ITEM_SHIPPED",
        message: "Order with one or more items shipped cannot be cancelled",
    };
    /// The reason needs a comment.
    pub const COMMENT: Self = Self {
        code: "UNDEFINED",
        message: "A comment is needed to cancel the order.",
    };
    /// The order's state forbids a cancellation, or no part of the order is left to cancel.
    pub const STATUS: Self = Self {
        code: "INVALID_ORDER_STATUS",
        message: "Order already closed, complete, cancelled or on hold",
    };
    /// The cancellation was requested before, and nothing is decided yet.
    pub const REQUESTED: Self = Self {
        code: "INVALID_ORDER_STATUS",
        message: "The cancellation of the order was requested already.",
    };
    /// The reason is not in the list of the store view.
    pub const REASON: Self = Self {
        code: "UNDEFINED",
        message: "Order cancellation reason is invalid.",
    };
    /// The guest's key is wrong, used or expired.
    pub const NOT_CONFIRMED: Self = Self {
        code: "UNDEFINED",
        message: "The order cancellation could not be confirmed.",
    };
    /// The order id is empty or zero.
    pub const NO_ID: Self = Self {
        code: "UNDEFINED",
        message: "An ID is needed. Set the ID and try again.",
    };
}
