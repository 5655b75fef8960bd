package org.sparkvit.monitoring;

/**
 * The time of a cluster's nodes.
 *
 * @param nodeHours the hours of all nodes. The hosts of executors are nodes, and so is that of the
 *     driver
 * @param executorHours the hours of all executors, of which a node may have several. In local mode
 *     the driver is the one executor
 * @param mostNodes the largest number of nodes at a time
 */
public record NodeTime(double nodeHours, double executorHours, int mostNodes) {

  /** Returns the time that has passed since an earlier time of the same cluster. */
  public NodeTime since(NodeTime earlier) {
    return new NodeTime(
        nodeHours - earlier.nodeHours, executorHours - earlier.executorHours, mostNodes);
  }
}
