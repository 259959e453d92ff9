"""`make test-cluster`: the deployment on a real Kubernetes cluster, the one in KUBECONFIG.

What belongs here: bringing it up, running it, breaking it, removing it, and a report with timings. What does not:
anything that pytest collects (this takes minutes, and needs images in the cluster).
"""
