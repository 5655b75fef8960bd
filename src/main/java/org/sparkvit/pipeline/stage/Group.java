package org.sparkvit.pipeline.stage;

/**
 * The purposes of commands, in the order of the work. The overview of commands is sorted by them.
 */
public enum Group {
  LOOK_AT_DATA("Look at data"),
  PREPARE("Prepare"),
  TRAIN("Train"),
  LABEL("Label"),
  JUDGE("Judge"),
  OPERATE("Operate"),
  TRY_AND_MEASURE("Try and measure");

  private final String title;

  Group(String title) {
    this.title = title;
  }

  /** Returns the heading over the commands. */
  public String title() {
    return title;
  }
}
