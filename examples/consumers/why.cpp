// why.cpp: the library from C++: a hello that is answered by a reset.
#include <array>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>
#include <tlsdiag/tlsdiag.h>

int main()
{
  std::vector<unsigned char> hello{std::istreambuf_iterator<char>(std::cin),
                                   std::istreambuf_iterator<char>()};
  tlsdiag_flow flow;
  tlsdiag_verdict verdict{};
  std::array<char, 2048> text;

  verdict.size = sizeof verdict;
  tlsdiag_flow_init(&flow, sizeof flow, nullptr);
  tlsdiag_flow_feed(&flow, TLSDIAG_FROM_CLIENT, 0, hello.data(), hello.size(),
                    nullptr);
  tlsdiag_flow_close(&flow, TLSDIAG_FROM_SERVER, TLSDIAG_CLOSE_RST, 1000);
  if (tlsdiag_classify(&flow, &verdict) != TLSDIAG_STATUS_OK) {
    return 1;
  }
  tlsdiag_explain(&flow, &verdict, 0, text.data(), text.size());
  std::cout << tlsdiag_name(TLSDIAG_REGISTRY_CAUSE, verdict.causes[0].id)
            << '\n'
            << text.data() << '\n';
}
