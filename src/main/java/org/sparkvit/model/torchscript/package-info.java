/**
 * TorchScript archives. They are written from checkpoints, and those that other programs wrote are
 * inspected before anything loads them. Nothing here runs a model.
 */
package org.sparkvit.model.torchscript;
