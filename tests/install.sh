# install_packages FILE...: installs the Debian packages that are listed in the
# files and missing.  Sourced by tests/run and examples/run.
#
# Fails, having named them, where there is no apt-get or no right to use it.
# Where only some cannot be had it says so and goes on: what needs them says
# again that it is skipped.

# listed FILE...: the names in the files.
listed()
{
  sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$@" | sort -u
}

# missing FILE...: those of them that are not installed, unless a command of
# that name is there from elsewhere (npm comes with other builds of nodejs).
missing()
{
  local installed name
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' |
              sed -n 's/^installed //p' | sort -u)
  comm -23 <(listed "$@") <(printf '%s\n' "$installed") |
    while read -r name; do
      command -v "$name" >/dev/null || printf '%s\n' "$name"
    done
}

# apt ARGUMENTS...: apt-get as root, quiet unless it fails.
apt()
{
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
    -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@" \
    >"$apt_log" 2>&1 </dev/null
}

# Servers are installed for their programs; nothing shall start them.
hold_services()
{
  [ -e /usr/sbin/policy-rc.d ] && return 1
  printf '#!/bin/sh\nexit 101\n' | $sudo tee /usr/sbin/policy-rc.d >/dev/null
  $sudo chmod 755 /usr/sbin/policy-rc.d
}

install_packages()
{
  local names name sudo= held= apt_log

  [ -n "${TLSDIAG_NO_INSTALL:-}" ] && return 0
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null
  then
    {
      echo 'This machine has no apt-get.  Install what these Debian packages'
      echo 'hold, then run again with TLSDIAG_NO_INSTALL=1:'
      listed "$@" | paste -sd' '
    } >&2
    return 1
  fi
  names=$(missing "$@" | paste -sd' ')
  [ -z "$names" ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    sudo=sudo
    if ! command -v sudo >/dev/null; then
      {
        echo 'Not root, and no sudo.  As root, run'
        echo "  apt-get install --no-install-recommends $names"
        echo 'or run again with TLSDIAG_NO_INSTALL=1.'
      } >&2
      return 1
    fi
  fi

  echo "Installing: $names"
  apt_log=$(mktemp) || return 1
  apt update || tail -3 "$apt_log" >&2
  hold_services && held=1
  # shellcheck disable=SC2086
  if ! apt --no-install-recommends install $names; then
    # One package that cannot be had must not keep the others away.
    for name in $names; do
      if ! apt --no-install-recommends install "$name"; then
        tail -2 "$apt_log" >&2
        echo "skipped: package $name could not be installed" >&2
      fi
    done
  fi
  [ -n "$held" ] && $sudo rm -f /usr/sbin/policy-rc.d
  rm -f "$apt_log"
  for name in cc cmake make; do
    if ! command -v $name >/dev/null; then
      echo "There is still no $name." >&2
      return 1
    fi
  done
}
