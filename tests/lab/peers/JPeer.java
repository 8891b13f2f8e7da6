import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;
import javax.net.ssl.*;

/**
 * One TLS server or client of JSSE (or of BouncyCastle with provider=bc).
 *
 * <p>JPeer srv|cli HOST PORT [key=value ...]; keys: cert key ca min max suites
 * alpn sni auth=require verify=1 names=1 veto=1 resume=N timeout=S
 */
public class JPeer {
  static final List<String> VERSIONS =
      List.of("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");
  static final Map<String, String> keys = new HashMap<>();

  static int version(String name) {
    return VERSIONS.indexOf(name.equals("1.0") ? "TLSv1" : "TLSv" + name);
  }

  static String[] protocols() {
    int min = keys.containsKey("min") ? version(keys.get("min")) : 1;
    int max = keys.containsKey("max") ? version(keys.get("max")) : 4;
    return VERSIONS.subList(min, max + 1).toArray(new String[0]);
  }

  static java.security.cert.Certificate[] certificates(String file)
      throws Exception {
    try (InputStream in = new FileInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in)
          .toArray(new java.security.cert.Certificate[0]);
    }
  }

  static PrivateKey privateKey(String file, String algorithm)
      throws Exception {
    String text = Files.readString(Path.of(file));
    String body = text.replaceAll("-----[^-]+-----", "")
        .replaceAll("\\s", "");
    return KeyFactory.getInstance(algorithm).generatePrivate(
        new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
  }

  static KeyManager[] keyManagers() throws Exception {
    if (!keys.containsKey("cert")) {
      return null;
    }
    var chain = certificates(keys.get("cert"));
    String algorithm = chain[0].getPublicKey().getAlgorithm();
    PrivateKey key = privateKey(keys.get("key"), algorithm);
    return new KeyManager[] {new OneKey(key, chain)};
  }

  /** Presents its one certificate whatever the peer asks for. */
  static class OneKey extends X509ExtendedKeyManager {
    final PrivateKey key;
    final X509Certificate[] chain;

    OneKey(PrivateKey key, java.security.cert.Certificate[] chain) {
      this.key = key;
      this.chain =
          Arrays.copyOf(chain, chain.length, X509Certificate[].class);
    }

    String fits(String type) {
      String own = key.getAlgorithm();
      return type.contains(own) || (own.equals("EC") && type.contains("EC"))
          ? "one" : null;
    }

    public String chooseClientAlias(String[] types, Principal[] issuers,
        Socket socket) {
      for (String type : types) {
        if (fits(type) != null) {
          return "one";
        }
      }
      return null;
    }

    public String chooseServerAlias(String type, Principal[] issuers,
        Socket socket) {
      return fits(type);
    }

    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {"one"};
    }

    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[] {"one"};
    }

    public X509Certificate[] getCertificateChain(String alias) {
      return chain;
    }

    public PrivateKey getPrivateKey(String alias) {
      return key;
    }
  }

  static TrustManager[] trustManagers() throws Exception {
    if (!keys.containsKey("verify") && !keys.containsKey("auth")) {
      return new TrustManager[] {new TrustAll()};
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    int n = 0;
    for (var ca : certificates(keys.get("ca"))) {
      store.setCertificateEntry("ca" + n++, ca);
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return factory.getTrustManagers();
  }

  static class TrustAll extends X509ExtendedTrustManager {
    void pin() throws CertificateException {
      if (keys.containsKey("pin")) {
        throw new CertificateException("public key pin does not match");
      }
    }

    public void checkClientTrusted(X509Certificate[] c, String a) {}

    public void checkClientTrusted(X509Certificate[] c, String a, Socket s) {}

    public void checkClientTrusted(X509Certificate[] c, String a,
        SSLEngine e) {}

    public void checkServerTrusted(X509Certificate[] c, String a)
        throws CertificateException {
      pin();
    }

    public void checkServerTrusted(X509Certificate[] c, String a, Socket s)
        throws CertificateException {
      pin();
    }

    public void checkServerTrusted(X509Certificate[] c, String a, SSLEngine e)
        throws CertificateException {
      pin();
    }

    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  static SSLContext context() throws Exception {
    SSLContext context;
    if ("bc".equals(keys.get("provider"))) {
      // By name, so that this file compiles without BouncyCastle.
      Security.insertProviderAt((Provider) Class
          .forName("org.bouncycastle.jce.provider.BouncyCastleProvider")
          .getConstructor().newInstance(), 1);
      Security.insertProviderAt((Provider) Class
          .forName("org.bouncycastle.jsse.provider.BouncyCastleJsseProvider")
          .getConstructor().newInstance(), 1);
      context = SSLContext.getInstance("TLS", "BCJSSE");
    } else {
      context = SSLContext.getInstance("TLS");
    }
    context.init(keyManagers(), trustManagers(), null);
    return context;
  }

  static void shape(SSLParameters parameters) {
    parameters.setProtocols(protocols());
    if (keys.containsKey("suites")) {
      parameters.setCipherSuites(keys.get("suites").split(":"));
    }
    if (keys.containsKey("alpn")) {
      parameters.setApplicationProtocols(keys.get("alpn").split(":"));
    }
    if ("require".equals(keys.get("auth"))) {
      parameters.setNeedClientAuth(true);
    }
  }

  static void serve(InetAddress host, int port) throws Exception {
    var factory = context().getServerSocketFactory();
    try (var listener = (SSLServerSocket) factory.createServerSocket(port, 9,
        host)) {
      SSLParameters parameters = listener.getSSLParameters();
      shape(parameters);
      if (keys.containsKey("strict")) {
        parameters.setSNIMatchers(List.of(
            SNIHostName.createSNIMatcher(keys.get("strict"))));
      }
      listener.setSSLParameters(parameters);
      while (true) {
        SSLSocket socket = (SSLSocket) listener.accept();
        new Thread(() -> answer(socket)).start();
      }
    }
  }

  static void answer(SSLSocket socket) {
    try (socket) {
      socket.setSoTimeout(9000);
      socket.startHandshake();
      System.out.println("OK " + socket.getSession().getProtocol());
      if (socket.getInputStream().read(new byte[1000]) > 0) {
        socket.getOutputStream().write(
            "HTTP/1.0 200 OK\r\n\r\nhello\n".getBytes());
      }
    } catch (Exception error) {
      System.out.println("ERR " + error);
    }
  }

  static void connect(SSLContext context, InetAddress host, int port)
      throws Exception {
    Socket raw = new Socket();
    double seconds = Double.parseDouble(keys.getOrDefault("timeout", "8"));
    raw.setSoTimeout((int) (seconds * 1000));
    raw.connect(new InetSocketAddress(host, port), 5000);
    String name = keys.getOrDefault("sni", host.getHostAddress());
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
        .createSocket(raw, name, port, true)) {
      SSLParameters parameters = socket.getSSLParameters();
      shape(parameters);
      if (keys.containsKey("sni")) {
        parameters.setServerNames(List.of(new SNIHostName(name)));
      }
      if (keys.containsKey("names")) {
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
      }
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
      int got = socket.getInputStream().read(new byte[1000]);
      System.out.println("OK " + socket.getSession().getProtocol() + " "
          + got);
    }
  }

  public static void main(String[] arguments) throws Exception {
    for (int n = 3; n < arguments.length; n++) {
      String[] pair = arguments[n].split("=", 2);
      keys.put(pair[0], pair[1]);
    }
    // Old versions and small keys are what the lab is about.
    Security.setProperty("jdk.tls.disabledAlgorithms",
        keys.getOrDefault("disabled", "NULL, anon"));
    InetAddress host = InetAddress.getByName(arguments[1]);
    int port = Integer.parseInt(arguments[2]);
    if (arguments[0].equals("srv")) {
      serve(host, port);
    }
    SSLContext context = context();
    int times = Integer.parseInt(keys.getOrDefault("resume", "1"));
    for (int n = 0; n < times; n++) {
      try {
        connect(context, host, port);
      } catch (Exception error) {
        System.out.println("ERR " + error);
      }
    }
  }
}
