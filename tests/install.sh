# install_packages FILE: installs the Debian packages listed in FILE that are
# missing, or names them and fails.  Sourced by tests/run and examples/run.

missing_packages()
{
  local name rest
  while read -r name rest; do
    case $name in ''|'#'*) continue ;; esac
    dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null |
      grep -qx installed || printf '%s\n' "$name"
  done <"$1"
}

install_packages()
{
  local missing sudo=

  [ -n "${TLSDIAG_NO_INSTALL:-}" ] && return 0
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null
  then
    {
      echo 'This machine has no apt-get.  Install what these Debian packages'
      echo 'hold, then run again with TLSDIAG_NO_INSTALL=1:'
      grep -v '^#' "$1"
    } >&2
    return 1
  fi
  missing=$(missing_packages "$1")
  [ -z "$missing" ] && return 0
  missing=$(printf '%s ' $missing)
  if [ "$(id -u)" -ne 0 ]; then
    sudo=sudo
    if ! command -v sudo >/dev/null; then
      {
        echo 'Not root, and no sudo.  As root, run'
        echo "  apt-get install --no-install-recommends $missing"
        echo 'or run again with TLSDIAG_NO_INSTALL=1.'
      } >&2
      return 1
    fi
  fi
  echo "Installing: $missing"
  if ! { $sudo apt-get -qq -o DPkg::Lock::Timeout=600 update &&
         $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
           -o DPkg::Lock::Timeout=600 --no-install-recommends \
           install $missing; } >/tmp/tlsdiag-apt.$$ 2>&1; then
    tail -20 /tmp/tlsdiag-apt.$$ >&2
    echo "apt-get could not install: $missing" >&2
    rm -f /tmp/tlsdiag-apt.$$
    return 1
  fi
  rm -f /tmp/tlsdiag-apt.$$
}
