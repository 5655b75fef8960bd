package org.sparkvit.loading;

import org.sparkvit.core.Background;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * The background that the transparent images of a workspace are put on. The catalog decides it and
 * keeps it in its run's record, so that every stage that looks at images sees the same pixels.
 */
public final class CatalogBackground {
  /** The name of the background among the catalog's options. */
  public static final String OPTION = "background";

  private CatalogBackground() {}

  /**
   * Returns the background. It is {@link Background#NONE} where there is no catalog, or the catalog
   * was made before there was such an option.
   */
  public static Background of(Workspace workspace) {
    if (!workspace.has(ImagesTable.SPEC)) {
      return Background.NONE;
    }
    String background =
        workspace.record(ImagesTable.SPEC).path("config").path(OPTION).asText("none");
    return Background.parse("the catalog's " + OPTION, background);
  }
}
