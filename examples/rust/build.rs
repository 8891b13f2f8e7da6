//! Links libtlsdiag: from TLSDIAG_LIB_DIR, or where the linker finds it.
fn main() {
    println!("cargo:rerun-if-env-changed=TLSDIAG_LIB_DIR");
    if let Ok(dir) = std::env::var("TLSDIAG_LIB_DIR") {
        println!("cargo:rustc-link-search=native={dir}");
    }
    println!("cargo:rustc-link-lib=static=tlsdiag");
}
