//! The audit log: newest entries first, page by page.

use countermand_persistence::{AuditEntry, AuditFilter};
use uuid::Uuid;

use crate::shop::at;
use crate::support::on_every_database;

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_is_read_page_by_page_without_gaps() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let mut written = Vec::new();
        for minute in 0..25 {
            let details = "it's \\ \"fine\"; 😀\n".repeat(1_000);
            let target = "𝄞".repeat(300);
            let entry = AuditEntry::new(
                Uuid::now_v7(),
                "o'brien",
                "holdOrder",
                &target,
                &target,
                &details,
                at(minute),
            );
            assert_eq!(
                (entry.target.chars().count(), entry.origin.chars().count()),
                (255, 64)
            );
            shop.database.audit(&entry).await?;
            written.insert(0, entry);
        }
        let mut read: Vec<AuditEntry> = Vec::new();
        let mut has_more = true;
        while has_more {
            let after = read.last().map(|entry| (entry.created_at, entry.id.as_str()));
            let page = shop.database.audit_log(&AuditFilter::default(), after, 5).await?;
            assert_eq!(page.count, 25);
            assert_eq!(page.entries.len(), 5);
            has_more = page.has_more;
            read.extend(page.entries);
        }
        assert_eq!(read, written);
        Ok(())
    })
    .await
}
