package org.sparkvit.loading;

import org.sparkvit.core.Background;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * What the transparent images of a workspace are put on. The catalog decides it, and its run's
 * record keeps it, so that every stage that looks at images sees the same.
 */
public final class CatalogBackground {
  /** Its name among the catalog's options. */
  public static final String OPTION = "background";

  private CatalogBackground() {}

  /** Returns the background; none where there is no catalog or it knew of no such choice. */
  public static Background of(Workspace workspace) {
    if (!workspace.has(ImagesTable.SPEC)) {
      return Background.NONE;
    }
    String background =
        workspace.record(ImagesTable.SPEC).path("config").path(OPTION).asText("none");
    return Background.parse("the catalog's " + OPTION, background);
  }
}
