//! The role that each operation of staff needs: one table, which every use case asks.

use countermand_domain::StaffRole;

use crate::error::AppError;
use crate::viewer::{Caller, Staff, Viewer};

/// Makes an enum out of a table of operations, their names and the least role of each.
macro_rules! staff_operations {
    ($($operation:ident $name:literal $role:ident;)+) => {
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

            /// The least role that may do it.
            #[must_use]
            pub const fn needs(self) -> StaffRole {
                match self { $( Self::$operation => StaffRole::$role, )+ }
            }
        }
    };
}

staff_operations! {
    // Operation                Name                                     Least role
    AddCancellationReason       "addCancellationReason"                  Manager;
    AddOrderNote                "addOrderNote"                           Support;
    AuditLog                    "auditLog"                               Manager;
    CancelOrderAsAdmin          "cancelOrderAsAdmin"                     Support;
    CancelAlthoughSwitchedOff   "cancelOrderAsAdmin(override_switch)"    Manager;
    CancelInvoice               "cancelInvoice"                          Support;
    CancellationConfig          "cancellationConfig"                     Viewer;
    CancellationReport          "cancellationReport"                     Viewer;
    CreateCreditMemo            "createCreditMemo"                       Manager;
    CreateCustomer              "createCustomer"                         Manager;
    CreateInvoice               "createInvoice"                          Support;
    CreateShipment              "createShipment"                         Support;
    CreateStore                 "createStore"                            Owner;
    CreateWebsite               "createWebsite"                          Owner;
    DisableStore                "disableStore"                           Owner;
    EnableStore                 "enableStore"                            Owner;
    EraseCustomer               "eraseCustomer"                          Owner;
    ExportCustomer              "exportCustomer"                         Manager;
    HoldOrder                   "holdOrder"                              Support;
    ImportOrders                "importOrders"                           Manager;
    Jobs                        "jobs"                                   Viewer;
    MoveCancellationReason      "moveCancellationReason"                 Manager;
    NeedsAttention              "needsAttention"                         Viewer;
    Obligations                 "obligations"                            Viewer;
    Order                       "order"                                  Viewer;
    Orders                      "orders"                                 Viewer;
    PayInvoice                  "payInvoice"                             Support;
    RemoveCancellationReason    "removeCancellationReason"               Manager;
    ResetCancellationConfig     "resetCancellationConfig"                Manager;
    RetryJob                    "retryJob"                               Support;
    SendOrderConfirmation       "sendOrderConfirmation"                  Support;
    SetStatusLabel              "setStatusLabel"                         Manager;
    SettleObligation            "settleObligation"                       Manager;
    Settings                    "settings"                               Viewer;
    StatusLabels                "statusLabels"                           Viewer;
    UnholdOrder                 "unholdOrder"                            Support;
    UpdateCancellationConfig    "updateCancellationConfig"               Manager;
    UpdateCancellationReason    "updateCancellationReason"               Manager;
    UpdateSettings              "updateSettings"                         Manager;
    UpdateStore                 "updateStore"                            Owner;
    UpdateWebsite               "updateWebsite"                          Owner;
    Websites                    "websites"                               Viewer;
}

impl StaffOperation {
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
    /// The member of staff who asks, if the role allows `operation`.
    pub fn staff(&self, operation: StaffOperation) -> Result<&Staff, AppError> {
        match &self.caller {
            Caller::Staff(staff) if staff.role >= operation.needs() => Ok(staff),
            Caller::Staff(_) | Caller::Customer(_) | Caller::Anonymous => Err(AppError::Forbidden),
        }
    }
}
