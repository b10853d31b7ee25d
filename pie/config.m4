dnl How `phpize && ./configure && make && make install`, and so PIE, build Trove: the Makefile calls cargo in the directory above.

PHP_ARG_ENABLE([trove],
  [whether to build Trove],
  [AS_HELP_STRING([--disable-trove], [Build nothing])],
  [yes])

if test "$PHP_TROVE" != "no"; then
  dnl What is missing is named there, and how to get it.
  PHP_CONFIG="$PHP_CONFIG" "$srcdir/../php-tests/runner/setup.sh" check ||
    AC_MSG_ERROR([something that Trove is built with is missing: see above])

  dnl The full paths: they are used in another directory, and by another user.
  AC_PATH_PROG([CARGO], [cargo])
  PHP_SUBST([CARGO])
  PHP_CONFIG=`command -v "$PHP_CONFIG"`
  PHP_SUBST([PHP_CONFIG])
  PHP_MODULES="$PHP_MODULES \$(phplibdir)/trove.so"
  PHP_ADD_BUILD_DIR([modules])
  PHP_ADD_MAKEFILE_FRAGMENT([$abs_srcdir/Makefile.frag], [$abs_srcdir], [.])
fi
