import { say } from '../../app/toasts';
import { apiError, type Host } from '../../host/host';
import { sentence } from '../../builder/error-at';

/** Hands bytes to the user as a file: where they say in the window, as a download in a browser. Whether it was saved. */
export async function saveFile(host: Host, name: string, bytes: Uint8Array): Promise<boolean> {
  if (!host.save) {
    download(name, bytes);
    return true;
  }
  try {
    const path = await host.save(name, bytes);
    if (path !== undefined) say(`Saved as ${path}`);
    return path !== undefined;
  } catch (thrown) {
    say(sentence(apiError(thrown)));
    return false;
  }
}

function download(name: string, bytes: Uint8Array): void {
  const address = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
