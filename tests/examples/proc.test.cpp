#include "examples/dashboard/proc.hpp"

#include <catch2/catch.hpp>

using namespace examples;

TEST_CASE("/proc/stat gives the time of all processors and of each") {
  const auto r = parse_stat("cpu  100 10 50 800 40 5 5 0 20 0\n"
                            "cpu0 60 5 30 400 20 3 2 0 10 0\n"
                            "cpu1 40 5 20 400 20 2 3 0 10 0\n"
                            "intr 12345 0 9\nctxt 99\n");
  CHECK(r.all.total == 1010);
  CHECK(r.all.busy == 170); // without idle and waiting for disks; guest time is in user time already
  REQUIRE(r.cores.size() == 2);
  CHECK(r.cores[0].total == 520);
  CHECK(r.cores[1].busy == 70);
}

TEST_CASE("the busy share is of the time between two readings") {
  CHECK(busy_percent({100, 1000}, {150, 1100}) == Approx(50));
  CHECK(busy_percent({100, 1000}, {100, 1100}) == Approx(0));
  CHECK(busy_percent({100, 1000}, {200, 1100}) == Approx(100));
}

TEST_CASE("no time between two readings, or counters that went back, are no load") {
  CHECK(busy_percent({100, 1000}, {100, 1000}) == 0);
  CHECK(busy_percent({100, 1000}, {10, 100}) == 0);
  CHECK(busy_percent({100, 1000}, {99, 1010}) == 0);
}

TEST_CASE("/proc/meminfo gives bytes") {
  const auto r = parse_meminfo("MemTotal:       16384 kB\nMemFree:         1024 kB\nMemAvailable:    8192 kB\n");
  CHECK(r.total == 16384u * 1024);
  CHECK(r.available == 8192u * 1024);
}

TEST_CASE("/proc/net/dev is summed over interfaces, loopback apart") {
  const auto r = parse_net_dev(
      "Inter-|   Receive                                                |  Transmit\n"
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop\n"
      "    lo:    5000      10    0    0    0     0          0         0     5000      10    0    0\n"
      "  eth0:    1000      10    0    0    0     0          0         0      200       4    0    0\n"
      "wlan0:30       1    0    0    0     0          0         0      7       1    0    0\n");
  CHECK(r.received == 1030);
  CHECK(r.sent == 207);
  CHECK(r.loopback == 5000);
}

TEST_CASE("/proc/loadavg begins with the average of a minute") {
  CHECK(parse_loadavg("0.52 0.58 0.59 1/389 12345\n") == Approx(0.52));
}

TEST_CASE("what is empty, cut short or not there is zero") {
  CHECK(parse_stat("").all.total == 0);
  CHECK(parse_stat("cpu").all.total == 0);
  CHECK(parse_stat("cpu 1 x").all.total == 1);
  CHECK(parse_meminfo("MemTotal:").total == 0);
  CHECK(parse_net_dev("eth0: 12 34\n").received == 0);
  CHECK(parse_loadavg("") == 0);
  const auto nothing = read_machine("/nowhere/at/all");
  CHECK(nothing.cpu.cores.empty());
  CHECK(nothing.memory.total == 0);
}

TEST_CASE("this machine has processors and memory") {
  const auto r = read_machine();
  CHECK(r.cpu.all.total > 0);
  CHECK_FALSE(r.cpu.cores.empty());
  CHECK(r.memory.total > r.memory.available);
}
