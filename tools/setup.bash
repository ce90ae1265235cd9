# Sourced by quickstart, check and .ci/run: installs packages and builds, one tidy line per stage,
# all output in build/<name>.log. Nothing here needs more than bash and a minimal Debian.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
log=$top/build/$(basename "$0").log
mkdir -p "$top/build"
: >"$log"
install=1 # --no-install sets 0.

die() { # MESSAGE [HINT...]
  printf '%s: %s\n' "$(basename "$0")" "$1" >&2
  shift
  printf '  %s\n' "$@" >&2
  exit 1
}

# The last thing worth showing of a stage's log: ninja's [n/m], or apt's last line.
log_progress() { # FIRST_BYTE
  local lines
  lines=$(tail -c +"$1" "$log" | tail -c 4000 | tr -c '[:print:]\n' ' ') || return 0
  local step
  step=$(grep -oE '^\[[0-9]+/[0-9]+\]' <<<"$lines" | tail -1) || true
  [[ $step ]] || step=$(grep -E '^(Get:|Unpacking|Setting up)' <<<"$lines" | tail -1) || true
  printf '%s' "${step:0:50}"
}

stage_line() { # NAME STARTED TEXT
  local seconds=$((SECONDS - $2))
  printf '%-28s %3d:%02d  %s' "$1" $((seconds / 60)) $((seconds % 60)) "$3"
}

# Runs a command with its output in the log and a line that says how far it is; returns its status.
stage() { # NAME COMMAND...
  local name=$1 started=$SECONDS told=$SECONDS first status=0 job
  shift
  first=$(($(wc -c <"$log") + 1))
  "$@" >>"$log" 2>&1 </dev/null &
  job=$!
  # A background job ignores Ctrl-C: hand it on.
  trap 'kill "$job" 2>/dev/null; wait "$job"; echo; exit 130' INT TERM
  [[ -t 1 ]] || echo "$name ..."
  while kill -0 "$job" 2>/dev/null; do
    if [[ -t 1 ]]; then
      printf '\r%s\033[K' "$(stage_line "$name" "$started" "$(log_progress "$first")")"
    elif ((SECONDS - told >= 20)); then
      told=$SECONDS
      echo "$(stage_line "$name" "$started" "$(log_progress "$first")")"
    fi
    sleep 0.3
  done
  wait "$job" || status=$?
  trap - INT TERM
  [[ -t 1 ]] && printf '\r\033[K'
  ((status == 0)) && echo "$(stage_line "$name" "$started" done)"
  return "$status"
}

fail_with_log() { # MESSAGE
  tail -n 25 "$log" >&2
  if tail -n 200 "$log" | grep -q 'No space left on device'; then
    die "$1: the disk is full" "free some space and run the same command again"
  fi
  die "$1" "the whole output is in $log"
}

packages_of() { # SECTION...
  local line section=
  while IFS= read -r line; do
    case $line in
      '# ['*']') section=${line#'# ['} section=${section%]} ;;
      '#'* | '') ;;
      *) [[ " $* " == *" $section "* ]] && echo "$line" ;;
    esac
  done <"$top/packages.txt"
}

missing_packages() { # SECTION...
  local installed
  installed=$(packages_of "$@" |
    xargs dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null |
    sed -n 's/^installed //p') || true
  packages_of "$@" | grep -vxF "$installed" || true
}

run_apt() { # apt-get's arguments; waits up to two minutes for another package manager.
  local attempt
  for attempt in {1..24}; do
    local first=$(($(wc -c <"$log") + 1))
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=120 \
      -o APT::Update::Error-Mode=any "$@" && return
    tail -c +"$first" "$log" | grep -q 'Could not get lock' || return
    echo "another package manager is at work (attempt $attempt)"
    sleep 5
  done
  return 1
}

fail_apt() { # MESSAGE
  local recent
  recent=$(tail -n 200 "$log")
  local by_hand="apt-get install ${missing[*]}"
  if grep -q 'Could not get lock\|Unable to acquire the dpkg' <<<"$recent"; then
    die "$1: another package manager holds its lock" "wait until it is done, then run this again"
  elif grep -qE 'Temporary failure resolving|Could not (resolve|connect)|unreachable|timed out' \
    <<<"$recent"; then
    die "$1: no network" "connect, then run this again, or install by other means: $by_hand" \
      "and go on with --no-install"
  fi
  fail_with_log "$1"
}

install_packages() { # SECTION...
  local missing as_root=()
  command -v dpkg-query >/dev/null || {
    ((install)) || return 0
    die "this system has no Debian packages" \
      "install by other means what packages.txt names, then go on with --no-install"
  }
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  if ((!install)); then
    echo "not installed, as --no-install asks: ${missing[*]}"
    return 0
  fi
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "packages are missing, and there is neither root nor sudo" \
        "as root: apt-get install --no-install-recommends ${missing[*]}" "then run this again"
    sudo -v || die "packages are missing, and sudo was refused"
    as_root=(sudo)
  fi
  local free_kb
  free_kb=$(df -Pk /usr | awk 'NR == 2 {print $4}')
  if ((${#missing[@]} > 5 && free_kb < 4000000)); then
    die "the disk is nearly full: $((free_kb / 1024)) MB free, about 4000 are needed" \
      "free some space and run the same command again"
  fi
  stage "package lists" run_apt update || fail_apt "cannot read Debian's package lists"
  stage "packages (${#missing[@]})" run_apt install --no-install-recommends "${missing[@]}" ||
    fail_apt "cannot install packages"
}

# As many compilers as there are CPUs, with 1.5 GB of memory for each: LibTorch's headers are large.
build_jobs() {
  local cpus=1 free_kb
  cpus=$(nproc)
  free_kb=$(awk '/^MemAvailable/ {print $2}' /proc/meminfo)
  local fitting=$((free_kb / 1500000))
  echo $((fitting < 1 ? 1 : fitting < cpus ? fitting : cpus))
}

build() { # TARGET... (none: everything)
  cd "$top"
  if [[ ! -e build/release/build.ninja ]]; then
    stage "configuring" cmake --preset release || fail_with_log "cannot configure"
  fi
  stage "building" cmake --build build/release --parallel "$(build_jobs)" ${1:+--target "$@"} ||
    fail_with_log "cannot build"
  cd - >/dev/null
}
