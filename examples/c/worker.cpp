// A C++17 program that stores jobs and runs them itself, with a handler of its own.
#include <floorjobs.hpp>

#include <iostream>
#include <string>

int main() {
  try {
    floorjobs::client jobs;  // FLOORJOBS_DATABASE_URL, or a file here
    const std::string stored = jobs.enqueue(R"({"kind": "greet", "payload": "world"})");
    const auto from = stored.find("\"job_id\":\"") + 10;
    const std::string id = stored.substr(from, 36);

    floorjobs::worker_options options;
    options.drain = true;
    floorjobs::worker worker(jobs, options);
    worker.handle("greet", [](const floorjobs::attempt &attempt) {
      attempt.progress(0.5, "greeting");
      std::string name(attempt.payload());  // JSON: a text in quotes
      return floorjobs::outcome::complete("\"hello, " + name.substr(1));
    });
    // What is thrown fails the attempt with its status.
    worker.handle("refuse", [](const floorjobs::attempt &) -> floorjobs::outcome {
      throw floorjobs::error(FJ_UNSUPPORTED, "never");
    });
    const std::string refused = jobs.enqueue(R"({"kind": "refuse"})");
    worker.run();

    std::cout << jobs.wait(id, 10) << "\n";
    std::cout << jobs.get(refused.substr(refused.find("\"job_id\":\"") + 10, 36)) << "\n";
    if (auto missing = floorjobs::attempt_or([&] { return jobs.get("no id"); }); !missing)
      std::cout << missing.error().code() << ": " << missing.error().what() << "\n";
  } catch (const floorjobs::error &error) {
    std::cerr << error.what() << " (" << error.code() << ")\n";
    return 1;
  }
}
