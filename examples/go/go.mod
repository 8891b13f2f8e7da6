module tlsdiag

go 1.19
