//! Refusals in the contract's words.

/// Why nothing was canceled, as `errorV2` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// For programs.
    pub code: &'static str,
    /// For people; also in `error`.
    pub message: &'static str,
}

impl Refusal {
    /// The switch of the order's store view is off.
    pub const DISABLED: Self = Self {
        code: "ORDER_CANCELLATION_DISABLED",
        message: "Order cancellation is not enabled for requested store.",
    };
    /// It is somebody else's order.
    pub const UNAUTHORISED: Self = Self {
        code: "UNAUTHORISED",
        message: "Current user is not authorized to cancel this order",
    };
    /// There is no such order.
    pub const NOT_FOUND: Self = Self {
        code: "ORDER_NOT_FOUND",
        message: "The entity that was requested doesn't exist. Verify the entity and try again.",
    };
    /// Something is shipped.
    pub const SHIPPED: Self = Self {
        code: "PARTIAL_ORDER_ITEM_SHIPPED",
        message: "Order with one or more items shipped cannot be cancelled",
    };
    /// The order's state does not allow it, or canceling would change nothing.
    pub const STATUS: Self = Self {
        code: "INVALID_ORDER_STATUS",
        message: "Order already closed, complete, cancelled or on hold",
    };
    /// The store view does not offer the reason.
    pub const REASON: Self = Self {
        code: "UNDEFINED",
        message: "Order cancellation reason is invalid.",
    };
    /// The key is not the one.
    pub const NOT_CONFIRMED: Self = Self {
        code: "UNDEFINED",
        message: "The order cancellation could not be confirmed.",
    };
    /// The id is empty or zero.
    pub const NO_ID: Self = Self {
        code: "UNDEFINED",
        message: "An ID is needed. Set the ID and try again.",
    };
}
