// One SQLite file behind SOCI: opened, recognised, brought to the current schema; transactions; and
// SQLite's failures turned into nonlin's errors. Seen only by the .cpp files of study/.
//
// Write-ahead log, so that readers never wait for the search; synchronous=FULL, so that what was
// committed survives a power failure; and every write begins IMMEDIATE, because a read transaction
// that turns into a write fails at once, without waiting for the other writer.
#pragma once

#include <soci/soci.h>

#include <string>
#include <type_traits>

namespace nonlin {

class SqliteDatabase {
 public:
  /// Throws Error as open_storage does.
  explicit SqliteDatabase(const std::string& path);

  /// Calls `body` with the session in a transaction that sees one state of the database throughout.
  template <typename Body>
  auto read(const Body& body) {
    return in_transaction("BEGIN", body);
  }

  /// Calls `body` with the session; its changes are durable when this returns, and undone if it
  /// throws. Waits for another process's write to end.
  template <typename Body>
  auto write(const Body& body) {
    return in_transaction("BEGIN IMMEDIATE", body);
  }

 private:
  /// Rolls back unless it was committed.
  class Transaction {
   public:
    Transaction(soci::session& session, const char* begin);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

   private:
    soci::session& session_;
    bool committed_ = false;
  };

  template <typename Body>
  auto in_transaction(const char* begin, const Body& body) {
    try {
      Transaction transaction(session_, begin);
      if constexpr (std::is_void_v<std::invoke_result_t<Body, soci::session&>>) {
        body(session_);
        transaction.commit();
      } else {
        auto result = body(session_);
        transaction.commit();
        return result;
      }
    } catch (const soci::soci_error& error) {
      throw_as_error(error);
    }
  }

  void open();
  int recognise();
  void migrate();
  /// Throws the nonlin::Error that `error` means to a person.
  [[noreturn]] void throw_as_error(const soci::soci_error& error) const;

  std::string path_;
  soci::session session_;
};

}  // namespace nonlin
