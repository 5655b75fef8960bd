package org.sparkvit;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/**
 * Leaves the classes of tests out. ArchUnit's own option for this does not know the folder of a
 * profile between {@code target} and {@code test-classes}.
 */
public final class MainClasses implements ImportOption {
  @Override
  public boolean includes(Location location) {
    return !location.contains("/test-classes/");
  }
}
