#!/usr/bin/env python3
"""Simulated hosts h1, h2, ...: each has a network and a host name of its own, and may have
processors of its own; a bridge with links of a given rate joins them. Files are the machine's.

    simulated_hosts.py --hosts 2 [--rate 1gbit] [--processors 0,1] mpirun -np 2 --host h1,h2 ...

runs a command on h1. Open MPI starts its ranks on the others by an agent that enters a host, where
it would call ssh. From Python: enter(), then Hosts().

All of it lies in namespaces of this process's own (network, mounts, host name, processes), so that
nothing of the machine changes, and all of it is gone once this process is, however it ends. Needs
root and Linux: missing() says what is not there.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile

NAMESPACES = ["--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"]
INSIDE = "TRAINER_SIMULATED_HOSTS"
NETWORK = "10.77.0"
# Nothing listens on the port: a host that is there refuses at once.
KNOCK = """
import socket, sys, time
for _ in range(60):
    try:
        socket.create_connection((sys.argv[1], 9), timeout=1)
    except ConnectionRefusedError:
        sys.exit(0)
    except OSError:
        time.sleep(0.1)
sys.exit(1)
"""
AGENT = """#!/bin/sh
# AGENT HOST WORDS...: as ssh does, the words are a command line.
host=$1
shift
case $host in
{cases}
*) echo "$0: no host $host" >&2; exit 1 ;;
esac
"""


def missing():
    """What keeps hosts from being simulated here, in a few words; None: nothing."""
    if os.geteuid() != 0:
        return "only root can simulate hosts"
    for tool in ("unshare", "nsenter", "ip", "tc", "taskset", "hostname"):
        if not shutil.which(tool):
            return f"hosts are simulated with {tool}, which is missing"
    link = "ip link add h1 type veth peer name eth0 && ip link add bridge type bridge"
    done = subprocess.run(["unshare", *NAMESPACES, "sh", "-c", link], capture_output=True,
                          text=True, check=False)
    return f"hosts cannot be simulated: {done.stderr.strip()}" if done.returncode else None


def enter():
    """Starts this program once more, in namespaces of its own; returns in there."""
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "yes"
        os.execvp("unshare", ["unshare", *NAMESPACES, sys.executable, *sys.argv])
    run("ip", "link", "set", "lo", "up")


def run(*words):
    """Runs a command that must succeed."""
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


class Hosts:
    """Hosts h1 ... hN; rate: of each one's link, in tc's words; processors: one for each host."""

    def __init__(self, count, rate=None, processors=()):
        self.names = [f"h{i + 1}" for i in range(count)]
        self.folder = tempfile.mkdtemp(prefix="hosts-")
        self.processors = dict(zip(self.names, processors))
        run("ip", "link", "add", "bridge", "type", "bridge")
        run("ip", "link", "set", "bridge", "up")
        self.keeper = {name: self.start_host(name) for name in self.names}
        for i, name in enumerate(self.names):
            self.join(name, f"{NETWORK}.{i + 1}", rate)
        self.name_addresses()
        self.write_agent()
        for name in self.names[1:]:
            self.await_link(name)

    def start_host(self, name):
        """A process that keeps the host's namespaces."""
        ready = f"hostname {name} && echo ready && exec sleep infinity"
        keeper = subprocess.Popen(["unshare", "--net", "--uts", "sh", "-c", ready],
                                  stdout=subprocess.PIPE)
        keeper.stdout.readline()
        return keeper

    def join(self, name, address, rate):
        """Gives a host its address and its link to the others."""
        run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0",
            "netns", str(self.keeper[name].pid))
        run("ip", "link", "set", name, "master", "bridge", "up")
        for words in (("link", "set", "lo", "up"), ("addr", "add", f"{address}/24", "dev", "eth0"),
                      ("link", "set", "eth0", "up")):
            self.on(name, "ip", *words)
        if rate:
            self.limit(name, rate)

    def limit(self, name, rate):
        """A kernel without netem may have tbf."""
        device = ["tc", "qdisc", "add", "dev", "eth0", "root"]
        try:
            self.on(name, *device, "netem", "rate", rate, "limit", "100000",
                    stderr=subprocess.DEVNULL)
        except subprocess.CalledProcessError:
            self.on(name, *device, "tbf", "rate", rate, "burst", "256kb", "latency", "100ms")

    def name_addresses(self):
        """The hosts' names, in this process's own /etc/hosts."""
        path = os.path.join(self.folder, "hosts")
        with open("/etc/hosts", encoding="ascii") as old, open(path, "w", encoding="ascii") as new:
            new.write(old.read())
            for i, name in enumerate(self.names):
                new.write(f"{NETWORK}.{i + 1} {name}\n")
        run("mount", "--bind", path, "/etc/hosts")

    def write_agent(self):
        """What Open MPI calls in ssh's place."""
        cases = "\n".join(f"{name}) exec {' '.join(self.way_to(name))} sh -c \"$*\" ;;"
                          for name in self.names)
        self.agent = os.path.join(self.folder, "agent")
        with open(self.agent, "w", encoding="ascii") as file:
            file.write(AGENT.format(cases=cases))
        os.chmod(self.agent, 0o755)

    def way_to(self, name):
        """What a command line begins with that is to run on a host."""
        way = ["nsenter", f"--target={self.keeper[name].pid}", "--net", "--uts"]
        if name in self.processors:
            way += ["taskset", "--cpu-list", str(self.processors[name])]
        return way

    def on(self, name, *words, **options):
        """Runs a command on a host; it must succeed."""
        subprocess.run([*self.way_to(name), *words], check=True, **options)

    def cut(self, name):
        """Takes a host's link down."""
        run("ip", "link", "set", name, "down")

    def mend(self, name):
        """Takes it up again; returns once it carries what is sent."""
        run("ip", "link", "set", name, "up")
        self.await_link(name)

    def await_link(self, name):
        """The kernel lets a link carry packets up to seconds after it was taken up."""
        other = self.names[0] if name != self.names[0] else self.names[1]
        self.on(other, sys.executable, "-c", KNOCK, name, stderr=subprocess.DEVNULL)

    def environment(self):
        """For Open MPI on these hosts."""
        return dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                    OMPI_MCA_plm_rsh_agent=self.agent, OMPI_MCA_pml="ob1",
                    OMPI_MCA_btl="tcp,vader,self", OMPI_MCA_btl_tcp_if_include=f"{NETWORK}.0/24",
                    OMPI_MCA_oob_tcp_if_include=f"{NETWORK}.0/24", MASTER_ADDR=self.names[0],
                    GLOO_SOCKET_IFNAME="eth0")

    def close(self):
        """Ends the hosts, and what still runs on them stays without a network."""
        for keeper in self.keeper.values():
            keeper.kill()
            keeper.wait()
            keeper.stdout.close()
        run("umount", "/etc/hosts")
        run("ip", "link", "del", "bridge")
        shutil.rmtree(self.folder)


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description="Runs a command on simulated hosts.")
    parser.add_argument("--hosts", type=int, required=True, metavar="N")
    parser.add_argument("--rate", help="of each host's link, in tc's words: 1gbit")
    parser.add_argument("--processors", help="one for each host: 0,1")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    reason = None if INSIDE in os.environ else missing()
    if reason:
        sys.exit(reason)
    enter()
    hosts = Hosts(options.hosts, options.rate,
                  options.processors.split(",") if options.processors else ())
    try:
        done = subprocess.run([*hosts.way_to("h1"), *options.command], check=False,
                              env=hosts.environment())
    finally:
        hosts.close()
    return done.returncode if done.returncode >= 0 else 128 - done.returncode


if __name__ == "__main__":
    sys.exit(main())
