package org.sparkvit.tools.demo;

import java.util.Locale;

/** How a picture was captured: a metadata column, and what {@link Photograph} does to it. */
enum Capture {
  CAMERA,
  SCAN,
  SCREENSHOT;

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
