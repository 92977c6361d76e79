//! The role that each operation of staff needs, and the permission of the token that two of them need beside it: one
//! table, which every use case asks.

use countermand_domain::StaffRole;

use crate::error::AppError;
use crate::viewer::{Caller, Staff, Viewer};

/// Makes an enum out of a table of operations, their names, the least role of each, a role beside it, and the least
/// role that may do it by the permission of a token.
macro_rules! staff_operations {
    ($($operation:ident $name:literal $role:ident $(or $beside:ident)? $(, $permitted:ident by permission)?;)+) => {
        /// The operations of staff.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum StaffOperation {
            $( #[doc = concat!("`", $name, "`")] $operation, )+
        }

        impl StaffOperation {
            /// Every operation.
            pub const ALL: &'static [Self] = &[$( Self::$operation ),+];

            /// The name of the operation in the API and in the audit log.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$operation => $name, )+ }
            }

            /// The least role that may do it, among the roles of which each holds the rights of the one before.
            #[must_use]
            pub const fn needs(self) -> StaffRole {
                match self { $( Self::$operation => StaffRole::$role, )+ }
            }

            /// The roles with fewer rights that may do it too.
            const fn beside(self) -> &'static [StaffRole] {
                match self { $( Self::$operation => &[$( StaffRole::$beside )?], )+ }
            }

            /// The least role that may do it with a token that was given the permission to withhold refunds.
            const fn permitted(self) -> &'static [StaffRole] {
                match self { $( Self::$operation => &[$( StaffRole::$permitted )?], )+ }
            }
        }
    };
}

staff_operations! {
    // Operation                Name                                     Least role, or others beside it
    AbandonObligation           "abandonObligation"                      Manager;
    AbandonRefund               "abandonObligation(refund)"              Owner, Manager by permission;
    AddCancellationReason       "addCancellationReason"                  Manager;
    AddOrderNote                "addOrderNote"                           Support;
    ApproveCancellationRequest  "approveCancellationRequest"             Support;
    AuditLog                    "auditLog"                               Manager;
    BulkCancelOrders            "bulkCancelOrders"                       Support;
    BulkCancellation            "bulkCancellation"                       Viewer;
    BulkCancellations           "bulkCancellations"                      Viewer;
    CancelOrderAsAdmin          "cancelOrderAsAdmin"                     Support;
    CancelAlthoughSwitchedOff   "cancelOrderAsAdmin(override_switch)"    Manager;
    CancelKeepingMoney          "cancelOrderAsAdmin(refund)"             Manager;
    CancelWithoutRefund         "cancelOrderAsAdmin(refund: NONE)"       Owner, Support by permission;
    CancelOrdersAsAdmin         "cancelOrdersAsAdmin"                    Support;
    CancelInvoice               "cancelInvoice"                          Support;
    ChangePaymentProvider       "changePaymentProvider"                  Owner;
    ChangeWebhookEndpoint       "changeWebhookEndpoint"                  Owner;
    ConnectPaymentProvider      "connectPaymentProvider"                 Owner;
    CancellationConfig          "cancellationConfig"                     Viewer;
    CancellationReasonMappings  "cancellationReasonMappings"            Viewer;
    CancellationReport          "cancellationReport"                     Viewer;
    CancellationRequests        "cancellationRequests"                   Viewer;
    CancelChannelOrder          "cancelChannelOrder"                     Support;
    ChannelOrder                "channelOrder"                           Viewer;
    ChannelOrders               "channelOrders"                          Viewer;
    ChannelReasonCode           "channelReasonCode"                      Viewer;
    CreateCreditMemo            "createCreditMemo"                       Manager;
    CreateCustomer              "createCustomer"                         Manager;
    CreateInvoice               "createInvoice"                          Support;
    CreateShipment              "createShipment"                         Support or Warehouse;
    CreateStore                 "createStore"                            Owner;
    CreateWebhookEndpoint       "createWebhookEndpoint"                  Owner;
    CreateWebsite               "createWebsite"                          Owner;
    DeclineCancellationRequest  "declineCancellationRequest"             Support;
    DeclineChannelRequest       "declineChannelRequest"                  Support;
    DeleteWebhookEndpoint       "deleteWebhookEndpoint"                  Owner;
    DisableStore                "disableStore"                           Owner;
    EnableStore                 "enableStore"                            Owner;
    EndSubscription             "endSubscription"                        Support;
    EraseCustomer               "eraseCustomer"                          Owner;
    ExportCustomer              "exportCustomer"                         Manager;
    HoldOrder                   "holdOrder"                              Support;
    ImportOrders                "importOrders"                           Manager;
    Jobs                        "jobs"                                   Viewer;
    MoveCancellationReason      "moveCancellationReason"                 Manager;
    NeedsAttention              "needsAttention"                         Viewer;
    Obligations                 "obligations"                            Viewer;
    Order                       "order"                                  Viewer or Warehouse;
    Orders                      "orders"                                 Viewer or Warehouse;
    PayInvoice                  "payInvoice"                             Support;
    PaymentProviders            "paymentProviders"                       Manager;
    ReasonOfChannelCode         "reasonOfChannelCode"                    Viewer;
    RecordDelivery              "recordDelivery"                         Support or Warehouse;
    RecordGiftCardUse           "recordGiftCardUse"                      Support;
    ReleaseFulfilment           "releaseFulfilment"                      Support or Warehouse;
    RemoveCancellationReason    "removeCancellationReason"               Manager;
    ReplayWebhooks              "replayWebhooks"                         Manager;
    RequestOrderCancellation    "requestOrderCancellation"               Support;
    ResetCancellationConfig     "resetCancellationConfig"                Manager;
    ResetCancellationReasonMapping "resetCancellationReasonMapping"      Manager;
    ResumeBulkCancellation      "resumeBulkCancellation"                 Support;
    ResumeSubscription          "resumeSubscription"                     Support;
    RetryJob                    "retryJob"                               Support;
    RetryObligation             "retryObligation"                        Support;
    RotateWebhookSecret         "rotateWebhookSecret"                    Owner;
    SalesChannels               "salesChannels"                          Viewer;
    SendOrderConfirmation       "sendOrderConfirmation"                  Support;
    SendTestEvent               "sendTestEvent"                          Manager;
    SetCancellationReasonMapping "setCancellationReasonMapping"          Manager;
    SetStatusLabel              "setStatusLabel"                         Manager;
    ShipAlthoughRequested       "createShipment(override_cancellation_request)" Support;
    SettleObligation            "settleObligation"                       Manager;
    Settings                    "settings"                               Viewer;
    SimulateCancellationPolicy  "simulateCancellationPolicy"             Manager;
    StartFulfilment             "startFulfilment"                        Support or Warehouse;
    StopBulkCancellation        "stopBulkCancellation"                   Support;
    SyncSalesChannel            "syncSalesChannel"                       Support;
    StatusLabels                "statusLabels"                           Viewer;
    UnholdOrder                 "unholdOrder"                            Support;
    UpdateCancellationConfig    "updateCancellationConfig"               Manager;
    UpdateCancellationReason    "updateCancellationReason"               Manager;
    UpdateSettings              "updateSettings"                         Manager;
    UpdateStore                 "updateStore"                            Owner;
    UpdateWebsite               "updateWebsite"                          Owner;
    WatchChannelOrder           "watchChannelOrder"                      Support;
    WebhookDeliveries           "webhookDeliveries"                      Manager;
    WebhookEndpoints            "webhookEndpoints"                       Manager;
    Websites                    "websites"                               Viewer;
    WithdrawCancellationRequest "withdrawCancellationRequest"            Support;
}

impl StaffOperation {
    /// Whether `role` may do it without a permission of the token.
    #[must_use]
    pub fn allows(self, role: StaffRole) -> bool {
        role >= self.needs() || self.beside().contains(&role)
    }

    /// Whether `role` may do it with a token that was given the permission to withhold refunds.
    fn allows_by_permission(self, role: StaffRole) -> bool {
        self.permitted().iter().any(|least| role >= *least)
    }

    /// The operation with `name`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|operation| operation.name() == name)
    }
}

impl Viewer {
    /// The member of staff who asks, if the role allows `operation`, or the role with the permission of the token.
    pub fn staff(&self, operation: StaffOperation) -> Result<&Staff, AppError> {
        match &self.caller {
            Caller::Staff(staff) if operation.allows(staff.role) => Ok(staff),
            Caller::Staff(staff) if operation.allows_by_permission(staff.role) => staff
                .may_withhold_refunds
                .then_some(staff)
                .ok_or(AppError::MayNotWithholdRefunds),
            Caller::Staff(_) | Caller::Customer(_) | Caller::Anonymous => Err(AppError::Forbidden),
        }
    }
}
