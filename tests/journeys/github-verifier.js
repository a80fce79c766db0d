// A server that lets GitHub's own library verify what arrives: 200 or 401. Prints its address, and at the end the counts.
import { createServer } from 'node:http';
import { verify } from '@octokit/webhooks-methods';

const { SECRET } = process.env;
let verified = 0;
let refused = 0;

const server = createServer(async (request, answer) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const signature = request.headers['x-hub-signature-256'] ?? '';
  const good = signature !== '' && (await verify(SECRET, Buffer.concat(pieces).toString('utf8'), signature));
  verified += good ? 1 : 0;
  refused += good ? 0 : 1;
  answer.writeHead(good ? 200 : 401).end();
});

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.once('data', () => {
  console.log(JSON.stringify({ verified, refused }));
  process.exit(0);
});
