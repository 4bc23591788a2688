#!/bin/sh
# Makes a Raspberry Pi a Wheelhouse: checks the board, installs the package, tells the firmware and the system what the box needs.
# Run it again whenever you like: what is done already is not done twice. --undo takes back everything but the package.
set -eu

usage() {
  cat <<'END'
sudo ./install.sh [--package FILE.deb]    install or upgrade; without a file the package must be installed already
sudo ./install.sh --undo                  take the changes to the firmware's and the system's settings back
       --root DIRECTORY                   of a system that does not run, for instance a mounted card
END
}

root='' package='' undo=''
while [ $# -gt 0 ]; do
  case $1 in
    --package) package=${2:?"--package wants a file"}; shift ;;
    --root) root=${2:?"--root wants a directory"}; shift ;;
    --undo) undo=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

begin='# --- wheelhouse begin'
end='# --- wheelhouse end'
firmware=$root/usr/share/wheelhouse/firmware
settings=$root/etc/wheelhouse/wheelhouse.yaml

say() { printf '%s\n' "$*"; }
fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

# Puts FILE.wheelhouse-new in the place of FILE, whole or not at all: the power may go at any time.
replace() {
  if [ -e "$1" ] && cmp -s "$1" "$1.wheelhouse-new"; then
    rm "$1.wheelhouse-new"
    return
  fi
  [ ! -e "$1" ] || chmod --reference="$1" "$1.wheelhouse-new"
  sync "$1.wheelhouse-new"
  mv "$1.wheelhouse-new" "$1"
  sync "$(dirname "$1")"
  changed=yes
}

# Without its end mark our block would take what the owner has written below it along.
check_marks() {
  for file in "$@"; do
    [ -f "$file" ] || continue
    [ "$(grep -c "^$begin" "$file")" -eq "$(grep -c "^$end" "$file")" ] ||
      fail "$file has one of the marks \"$begin\" and \"$end\" without the other, so nothing was changed: take it out, and what lies below it of ours"
  done
}

# The file without our block, to the byte as it was before.
without_block() {
  if grep -q "^$begin, after a line without end" "$1"; then
    printf %s "$(sed "/^$begin/,/^$end/d" "$1")"
  else
    sed "/^$begin/,/^$end/d" "$1"
  fi
}

# The file with our block at its end, once. Reads the block.
with_block() {
  block=$(cat)
  without_block "$1" > "$1.wheelhouse-old"
  cat "$1.wheelhouse-old"
  if [ -s "$1.wheelhouse-old" ] && [ "$(tail -c 1 "$1.wheelhouse-old" | wc -l)" -eq 0 ]; then
    printf '\n%s, after a line without end ---\n' "$begin"
  else
    printf '%s ---\n' "$begin"
  fi
  printf '%s\n%s ---\n' "$block" "$end"
  rm "$1.wheelhouse-old"
}

boot_folder() {
  for folder in "$root/boot/firmware" "$root/boot"; do
    if [ -f "$folder/config.txt" ]; then
      say "$folder"
      return
    fi
  done
  fail 'there is no config.txt in /boot/firmware or /boot: is this Raspberry Pi OS?'
}

check_board() {
  model=$(tr -d '\0' 2>/dev/null < "$root/proc/device-tree/model" || true)
  [ -n "$model" ] || fail 'this machine does not say which board it is, so nothing was changed'
  case $model in
    'Raspberry Pi 3 '* | 'Raspberry Pi 4 '* | 'Raspberry Pi 5 '* | 'Raspberry Pi Zero 2 W'*) say "Board     $model" ;;
    *) fail "\"$model\" is not one of Raspberry Pi 3, 4, 5 and Zero 2 W, so nothing was changed" ;;
  esac
  architecture=${WHEELHOUSE_ARCHITECTURE:-$(dpkg --print-architecture)}
  [ "$architecture" = arm64 ] || fail "this system is $architecture; a 64-bit one (arm64) is needed"
}

install_package() {
  if [ -n "$package" ]; then
    [ -f "$package" ] || fail "there is no $package"
    apt-get install -y "$(realpath "$package")"
  fi
  [ -d "$firmware" ] || fail 'the package is not installed: say --package FILE.deb'
}

undo_all() {
  boot=$(boot_folder)
  check_marks "$boot/config.txt" "$settings"
  for file in "$boot/config.txt" "$settings"; do
    [ -f "$file" ] || continue
    without_block "$file" > "$file.wheelhouse-new"
    replace "$file"
  done
  rm -f "$boot/overlays/wheelhouse.dtbo" "$root/etc/systemd/journald.conf.d/wheelhouse.conf" \
    "$root/etc/sysctl.d/60-wheelhouse.conf" "$root/etc/systemd/system.conf.d/wheelhouse.conf" \
    "$root/etc/modules-load.d/wheelhouse.conf"
  say 'Taken back, for the firmware at the next start: sudo reboot. The package goes with: sudo apt-get remove wheelhouse (its books stay)'
}

place() {
  mkdir -p "$(dirname "$2")"
  cp "$1" "$2.wheelhouse-new"
  replace "$2"
}

set_up() {
  boot=$(boot_folder)
  check_marks "$boot/config.txt" "$settings"
  place "$firmware/wheelhouse.dtbo" "$boot/overlays/wheelhouse.dtbo"
  with_block "$boot/config.txt" < "$firmware/config.txt" > "$boot/config.txt.wheelhouse-new"
  replace "$boot/config.txt"
  place "$firmware/journald.conf" "$root/etc/systemd/journald.conf.d/wheelhouse.conf"
  place "$firmware/modules.conf" "$root/etc/modules-load.d/wheelhouse.conf"
  place "$firmware/sysctl.conf" "$root/etc/sysctl.d/60-wheelhouse.conf"
  place "$firmware/watchdog.conf" "$root/etc/systemd/system.conf.d/wheelhouse.conf"
  # Lights of your own wiring stay as you have written them.
  if without_block "$settings" | grep -q '^hardware:'; then
    return
  fi
  with_block "$settings" < "$firmware/lights.yaml" > "$settings.wheelhouse-new"
  replace "$settings"
}

tell() {
  address=$(hostname -I 2>/dev/null | cut -d ' ' -f 1)
  say "Page      http://${address:-$(hostname)}:8080/"
  if code=$("$root/usr/bin/wheelhouse" code 2>/dev/null); then
    say "Code      $code   (the page asks for it; good once, within 15 minutes; another one: sudo wheelhouse code)"
  else
    say 'Code      not yet: sudo wheelhouse code, once the agent runs'
  fi
  say 'Broker    tell the guard where TWS or IB Gateway listens: /etc/wheelhouse/guard.json'
  if grep -q '"switch": *"gpio"' "$root/etc/wheelhouse/guard.json" 2>/dev/null; then
    say 'Switch    no order passes before the red switch is wired: /usr/share/doc/wheelhouse/wiring.md'
  fi
  if [ "$changed" = yes ]; then say 'Restart   once, so that the firmware reads its settings: sudo reboot'; fi
}

changed=no
[ -n "$root" ] || [ "$(id -u)" -eq 0 ] || fail 'it must be run as root: sudo ./install.sh'
if [ "$undo" = yes ]; then
  undo_all
  exit 0
fi
check_board
install_package
set_up
tell
