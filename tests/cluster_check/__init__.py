"""`make test-cluster`: the deployment on a real Kubernetes cluster, whichever KUBECONFIG names.

What belongs here: bringing it up, running it, breaking it, taking it away, and a report with timings. What does not:
anything that pytest collects (it needs minutes, and images in the cluster).
"""
