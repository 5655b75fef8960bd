package org.sparkvit.pipeline.stage;

/**
 * What a person wants to do, in the order of the work. The overview of commands is sorted by it.
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

  /** The heading over the commands. */
  public String title() {
    return title;
  }
}
