// The C++ layer in a program that is built without exceptions and without type information.
#include "floorjobs.hpp"

#include "check.h"

#include <string>

#ifdef __cpp_exceptions
#error "built with exceptions, which proves nothing"
#endif

int main(int argc, char **argv) {
  CHECK(argc == 2);
  floorjobs::settings settings;
  settings.database_url = "sqlite:///" + std::string(argv[1]) + "/jobs.db";
  auto jobs = floorjobs::client::open(settings);
  CHECK(jobs);
  auto refused = jobs->enqueue(R"({"kind": "k", "colour": 1})");
  CHECK(!refused && refused.error().field() == "colour");

  floorjobs::worker_options options;
  options.drain = true;
  auto worker = floorjobs::worker::make(*jobs, options);
  CHECK(worker);
  int told = 0;
  CHECK(worker->handle("twice", [&told](const floorjobs::attempt &attempt) {
    auto half = attempt.check();
    if (!half) return floorjobs::outcome::failed(half.error());
    told += attempt.progress(0.5, "half");
    return floorjobs::outcome::complete("\"\\u00e9\"");
  }));
  const std::string job = jobs->enqueue(R"({"kind": "twice"})").value();
  CHECK(worker->run() && told == 1);
  auto id = floorjobs::json_get(job, "/job_id");
  auto ended = jobs->get(*id);
  CHECK(*floorjobs::json_get(*ended, "/status") == "succeeded");
  CHECK(*floorjobs::json_get(*ended, "/result") == "\u00e9");
  CHECK(*floorjobs::json_count(*jobs->list(), "/jobs") == 1);
  return 0;
}
