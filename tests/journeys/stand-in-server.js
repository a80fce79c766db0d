/** What the stand-ins of APIs have in common: a free port, and whatever goes wrong in them is a problem that a test sees. */
import { createServer } from 'node:http';

/** Has `it` take requests (`take(request, response)`, `problems`) on a port; gives it its `base` and `close`. */
export async function serve(it) {
  const server = createServer((request, response) => {
    it.take(request, response).catch((error) => {
      it.problems.push(String(error.stack));
      response.destroy();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  it.base = `http://127.0.0.1:${server.address().port}`;
  it.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return it;
}
