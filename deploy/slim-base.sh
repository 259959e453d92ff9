#!/bin/sh
# Removes from a Debian base image with Python what a process in our images never uses. Runs while an image is built.
set -eu
rm -rf /var/cache/* /var/lib/apt /var/log/* /usr/share/doc /usr/share/man /usr/share/info /usr/share/locale \
  /usr/share/lintian /usr/share/perl* /usr/share/i18n /usr/share/bug /usr/share/python-wheels
rm -rf /usr/bin/apt* /usr/lib/apt /usr/share/apt /usr/lib/*/libapt-p* /usr/lib/*/gconv
rm -rf /usr/bin/perl* /usr/lib/*/perl* /usr/bin/pip* /usr/local/bin/pip* /usr/local/bin/idle* /usr/local/bin/pydoc*
for lib in /usr/lib/python3* /usr/local/lib/python3*; do
  rm -rf "$lib"/*-packages/pip* "$lib"/*-packages/setuptools* "$lib"/*-packages/wheel* "$lib"/*-packages/pkg_resources \
    "$lib"/*-packages/_distutils_hack "$lib"/ensurepip "$lib"/idlelib "$lib"/lib2to3 "$lib"/pydoc_data "$lib"/test \
    "$lib"/tkinter "$lib"/turtledemo
done
find / -xdev -type f -perm /6000 -exec chmod a-s {} +
# The files that the builder mounts (resolv.conf, hosts) cannot be changed, and are not part of the image.
find / -xdev -exec touch -h -d @1577836800 {} + 2>/dev/null || true
python3 -c 'import ctypes, decimal, encodings.idna, hashlib, lzma, sqlite3, ssl, zoneinfo'
