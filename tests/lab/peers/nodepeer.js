// One TLS server or client of Node: nodepeer.js srv|cli HOST PORT [key=value].
// Keys: cert key ca min max suites groups alpn sni auth=require verify=1
// timeout=S strict=NAME
'use strict';
const fs = require('fs');
const tls = require('tls');

const [role, host, port, ...words] = process.argv.slice(2);
const keys = Object.fromEntries(words.map((word) => {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}));

function common() {
  const options = {
    minVersion: 'TLSv' + (keys.min || '1').replace('1.0', '1'),
    maxVersion: 'TLSv' + (keys.max || '1.3').replace('1.0', '1'),
    ciphers: keys.suites,
    ecdhCurve: keys.groups || 'auto',
    ALPNProtocols: keys.alpn ? keys.alpn.split(':') : undefined,
  };
  for (const name of ['cert', 'key', 'ca']) {
    if (keys[name]) {
      options[name] = fs.readFileSync(keys[name]);
    }
  }
  return options;
}

function serve() {
  const options = common();
  options.requestCert = keys.auth === 'require';
  options.rejectUnauthorized = options.requestCert;
  if (keys.strict) {
    options.SNICallback = (name, done) => {
      done(name === keys.strict ? null : new Error('no such name: ' + name));
    };
  }
  const server = tls.createServer(options, (socket) => {
    console.log('OK', socket.getProtocol());
    socket.on('error', (error) => console.log('ERR', error.code));
    socket.once('data', () => {
      socket.end('HTTP/1.0 200 OK\r\n\r\nhello\n');
    });
  });
  server.on('tlsClientError', (error) => {
    console.log('ERR', error.code, error.message);
  });
  server.listen(Number(port), host);
}

function connect() {
  const options = Object.assign(common(), {
    host, port: Number(port), servername: keys.sni || '',
    rejectUnauthorized: keys.verify === '1',
  });
  const socket = tls.connect(options, () => {
    socket.write('GET / HTTP/1.0\r\n\r\n');
  });
  socket.setTimeout(1000 * (keys.timeout || 8), () => {
    console.log('ERR timeout');
    socket.destroy();
  });
  socket.on('error', (error) => console.log('ERR', error.code, error.message));
  socket.on('data', (data) => {
    console.log('OK', socket.getProtocol(), data.length);
  });
  socket.on('end', () => socket.end());
}

(role === 'srv' ? serve : connect)();
