// A C++17 program that stores jobs and runs them itself, with handlers of its own.
#include <floorjobs.hpp>

#include <iostream>
#include <string>

int run() {
  auto jobs = floorjobs::client::open();  // FLOORJOBS_DATABASE_URL, or a file here
  if (!jobs) {
    std::cerr << jobs.error().what() << " (" << jobs.error().code() << ")\n";
    return 1;
  }
  floorjobs::worker_options options;
  options.drain = true;
  // Who would rather have exceptions says value().
  floorjobs::worker worker = floorjobs::worker::make(*jobs, options).value();
  worker
      .handle("greet",
              [](const floorjobs::attempt &attempt) {
                attempt.progress(0.5, "greeting");
                std::string name(attempt.payload());  // JSON: a text in quotes
                return floorjobs::outcome::complete("\"hello, " + name.substr(1));
              })
      .value();
  // What is thrown fails the attempt with its status.
  worker
      .handle("refuse",
              [](const floorjobs::attempt &) -> floorjobs::outcome {
                throw floorjobs::error(FJ_UNSUPPORTED, "never");
              })
      .value();

  const std::string greeting = jobs->enqueue(R"({"kind": "greet", "payload": "world"})").value();
  const std::string refused = jobs->enqueue(R"({"kind": "refuse"})").value();
  worker.run().value();
  for (const auto &job : {greeting, refused})
    std::cout << jobs->get(floorjobs::json_get(job, "/job_id").value()).value() << "\n";
  if (auto missing = jobs->get("no id"); !missing)
    std::cout << missing.error().code() << ": " << missing.error().what() << "\n";
  return 0;
}

int main() {
  try {
    return run();
  } catch (const floorjobs::error &error) {
    std::cerr << error.what() << " (" << error.code() << ")\n";
    return 1;
  }
}
