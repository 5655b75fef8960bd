/**
 * Requests to HTTP servers that may be slow or down, with the JDK's own client. The package depends
 * on the JDK only.
 */
package org.sparkvit.core.http;
