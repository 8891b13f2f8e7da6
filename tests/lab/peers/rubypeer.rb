# One TLS server or client of Ruby's openssl:
#   rubypeer.rb srv|cli HOST PORT [key=value ...]
# Keys: cert key ca min max suites alpn sni auth=require verify=1 names=1
require 'openssl'
require 'socket'
require 'timeout'

STDOUT.sync = true
role, host, port, *words = ARGV
KEYS = words.to_h { |word| word.split('=', 2) }
VERSIONS = { '1.0' => :TLS1, '1.1' => :TLS1_1, '1.2' => :TLS1_2,
             '1.3' => :TLS1_3 }.freeze

def context
  made = OpenSSL::SSL::SSLContext.new
  made.min_version = VERSIONS[KEYS['min'] || '1.0']
  made.max_version = VERSIONS[KEYS['max'] || '1.3']
  made.ciphers = KEYS['suites'] || 'DEFAULT:@SECLEVEL=0'
  if KEYS['cert']
    chain = File.read(KEYS['cert']).scan(/-----BEGIN.*?-----END[^\n]*/m)
                .map { |text| OpenSSL::X509::Certificate.new(text) }
    made.add_certificate(chain[0], OpenSSL::PKey.read(File.read(KEYS['key'])),
                         chain[1..])
  end
  made.ca_file = KEYS['ca'] if KEYS['ca']
  made.verify_mode = OpenSSL::SSL::VERIFY_NONE
  made.verify_mode = OpenSSL::SSL::VERIFY_PEER if KEYS['verify']
  if KEYS['auth']
    made.verify_mode = OpenSSL::SSL::VERIFY_PEER |
                       OpenSSL::SSL::VERIFY_FAIL_IF_NO_PEER_CERT
  end
  made.alpn_protocols = KEYS['alpn'].split(':') if KEYS['alpn']
  made
end

def serve(host, port)
  tls = context
  server = TCPServer.new(host, port)
  loop do
    conn = OpenSSL::SSL::SSLSocket.new(server.accept, tls)
    begin
      Timeout.timeout(9) do
        conn.accept
        puts "OK #{conn.ssl_version}"
        conn.readpartial(1000)
        conn.write("HTTP/1.0 200 OK\r\n\r\nhello\n")
      end
    rescue StandardError => e
      puts "ERR #{e.message}"
    end
    conn.close rescue conn.to_io.close
  end
end

def connect(host, port)
  raw = Socket.tcp(host, port)
  conn = OpenSSL::SSL::SSLSocket.new(raw, context)
  conn.hostname = KEYS['sni'] if KEYS['sni']
  Timeout.timeout((KEYS['timeout'] || 8).to_f) do
    conn.connect
    conn.post_connection_check(KEYS['sni']) if KEYS['names']
    conn.write("GET / HTTP/1.0\r\n\r\n")
    puts "OK #{conn.ssl_version} #{conn.read.size}"
  end
  conn.close
rescue StandardError => e
  puts "ERR #{e.message}"
end

role == 'srv' ? serve(host, port.to_i) : connect(host, port.to_i)
