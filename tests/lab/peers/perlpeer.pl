# One TLS client of Perl's IO::Socket::SSL:
#   perlpeer.pl HOST PORT [key=value ...]
# Keys: sni ca cert key min max suites alpn crl names=1
use strict;
use warnings;
use IO::Socket::SSL;

my ($host, $port, @words) = @ARGV;
my %keys = map { split /=/, $_, 2 } @words;
my @versions = ('1.0', '1.1', '1.2', '1.3');
my ($min, $max) = ($keys{min} // '1.0', $keys{max} // '1.3');
my %named = ('1.0' => 'TLSv1', map { $_ => "TLSv$_" =~ tr/./_/r } '1.1', '1.2',
             '1.3');
my $refused = join ':', map { "!$named{$_}" }
  grep { $_ lt $min || $_ gt $max } @versions;
my %options = (
  PeerAddr => $host, PeerPort => $port, Timeout => 8,
  SSL_hostname => $keys{sni},
  SSL_verify_mode => $keys{ca} ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
  SSL_version => $refused ? "SSLv23:!SSLv2:!SSLv3:$refused" : 'SSLv23',
);
$options{SSL_ca_file} = $keys{ca} if $keys{ca};
$options{SSL_cert_file} = $keys{cert} if $keys{cert};
$options{SSL_key_file} = $keys{key} if $keys{key};
$options{SSL_cipher_list} = $keys{suites} if $keys{suites};
$options{SSL_alpn_protocols} = [split /:/, $keys{alpn}] if $keys{alpn};
$options{SSL_verifycn_scheme} = $keys{names} ? 'http' : 'none';
$options{SSL_verifycn_name} = $keys{sni} if $keys{names};
if ($keys{crl}) {
  $options{SSL_check_crl} = 1;
  $options{SSL_crl_file} = $keys{crl};
}
my $conn = IO::Socket::SSL->new(%options)
  or do { print "ERR $SSL_ERROR\n"; exit 1 };
print $conn "GET / HTTP/1.0\r\n\r\n";
my $read = sysread $conn, my $text, 1000;
print $read ? "OK " : "ERR ", $conn->get_sslversion, " ", $read // $!, "\n";
close $conn;
