//! Certificates by SNI, read again without a restart. The last good set stays when a file does not
//! read.

use crate::error::Error;
use crate::settings::CertificateFiles;
use arc_swap::ArcSwap;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, ResolvesServerCertUsingSni};
use rustls::sign::CertifiedKey;
use std::sync::Arc;

/// The certificates in use.
#[derive(Debug)]
pub(crate) struct Certificates {
    files: Vec<CertificateFiles>,
    hosts: Vec<String>,
    current: ArcSwap<ResolvesServerCertUsingSni>,
}

impl Certificates {
    /// Reads them; every host must have one.
    pub(crate) fn read(files: Vec<CertificateFiles>, hosts: Vec<String>) -> Result<Self, Error> {
        let current = ArcSwap::from_pointee(load(&files, &hosts)?);
        Ok(Self {
            files,
            hosts,
            current,
        })
    }

    /// Reads them again.
    pub(crate) fn reload(&self) {
        match load(&self.files, &self.hosts) {
            Ok(fresh) => self.current.store(Arc::new(fresh)),
            Err(error) => tracing::error!(%error, "Kept the certificates in use"),
        }
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.current.load().resolve(hello)
    }
}

fn load(files: &[CertificateFiles], hosts: &[String]) -> Result<ResolvesServerCertUsingSni, Error> {
    let keys = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let mut resolver = ResolvesServerCertUsingSni::new();
    for host in hosts {
        // `add` refuses a certificate that is not for the host.
        if !keys
            .iter()
            .any(|key| resolver.add(host, key.clone()).is_ok())
        {
            let detail = format!("no certificate is for `{host}`");
            return Err(Error::Certificate {
                file: "all".to_owned(),
                detail,
            });
        }
    }
    Ok(resolver)
}

fn read(files: &CertificateFiles) -> Result<CertifiedKey, Error> {
    let wrong = |file: &std::path::Path, detail: String| Error::Certificate {
        file: file.display().to_string(),
        detail,
    };
    let chain = CertificateDer::pem_file_iter(&files.chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(&files.chain, error.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| wrong(&files.key, error.to_string()))?;
    let key = any_supported_type(&key).map_err(|error| wrong(&files.key, error.to_string()))?;
    let certified = CertifiedKey::new(chain, key);
    certified
        .keys_match()
        .map_err(|error| wrong(&files.key, error.to_string()))?;
    Ok(certified)
}
