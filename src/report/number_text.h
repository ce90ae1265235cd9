// Numbers for people: six digits at most, and the form one would write by hand where a number has
// one: -1/e, sqrt(2), pi/2.
#pragma once

#include <string>

namespace nonlin {

/// At most six significant digits: "-0.278465", "0", "inf", "nan".
std::string short_number(double value);

/// "1/e", "3*pi/4", "sqrt(2)/2", "2/3"; empty if `value` is a short decimal number anyhow, or if
/// nothing so simple is within 1e-11 of it (relative).
std::string exact_form(double value);

/// exact_form where there is one, else short_number.
std::string exact_number(double value);

/// Both: "-1/e = -0.367879"; one of them where that says all.
std::string full_number(double value);

/// A share from 0 to 1 in percent: "50 %", "3.2 %", "0.04 %".
std::string share_text(double share);

}  // namespace nonlin
