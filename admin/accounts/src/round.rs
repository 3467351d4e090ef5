//! What is done once a day without anybody asking: reviews of rights go on.

use crate::error::Error;
use crate::store::Store;

impl Store {
    /// Does what is due. However often it is called, and on however many nodes, each thing is done
    /// once: what was done is written down in the same transaction.
    pub async fn daily_round(&self) -> Result<(), Error> {
        self.tend_reviews().await
    }
}
