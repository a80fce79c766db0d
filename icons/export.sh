#!/usr/bin/env bash
# Makes the bitmaps from the drawings. Wants rsvg-convert (librsvg2-bin), convert (imagemagick) and python3.
set -euo pipefail
cd "$(dirname "$0")"
aside=$(mktemp -d)
trap 'rm -rf "$aside"' EXIT

# size file
draw() {
  local drawing=creel.svg
  [ "$1" -gt 32 ] || drawing=creel-small.svg
  rsvg-convert --width "$1" --height "$1" "$drawing" --output "$2"
}

draw 32 32x32.png
draw 128 128x128.png
draw 256 128x128@2x.png
draw 512 icon.png
rsvg-convert --width 32 --height 32 tray.svg --output tray.png
for size in 16 24 32 48 64 128 256 512 1024; do draw "$size" "$aside/$size.png"; done
convert "$aside"/{16,24,32,48,64,256}.png icon.ico

# An icns file is a list of chunks: type, length with these eight bytes, PNG.
python3 - "$aside" <<'PY'
import pathlib, struct, sys
kinds = {"icp4": 16, "icp5": 32, "ic07": 128, "ic08": 256, "ic09": 512, "ic10": 1024, "ic11": 32, "ic12": 64, "ic13": 256, "ic14": 512}
chunks = b""
for kind, size in kinds.items():
    png = pathlib.Path(sys.argv[1], f"{size}.png").read_bytes()
    chunks += kind.encode() + struct.pack(">I", len(png) + 8) + png
pathlib.Path("icon.icns").write_bytes(b"icns" + struct.pack(">I", len(chunks) + 8) + chunks)
PY
